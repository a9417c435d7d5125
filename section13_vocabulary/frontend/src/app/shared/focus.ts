/* A directive: it adds behaviour to an element. */

import { Directive, ElementRef, afterNextRender, inject } from '@angular/core';

/**
 * Focus an element when it appears: the field to fill in, or the heading of a new page.
 *
 * After a link to another server, a browser does this, and a screen reader begins to read
 * there. Here, the router only replaces a part of the page.
 */
@Directive({ selector: '[appFocus]' })
export class Focus {
  constructor() {
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    afterNextRender(() => element.focus());
  }
}
