/* A directive: it adds behaviour to an element. */

import { Directive, ElementRef, afterNextRender, inject } from '@angular/core';

/**
 * Focus an element when it appears: the field to fill in, or the heading of a new page.
 *
 * When a browser loads a page, a screen reader begins to read it. Here, the router only
 * replaces a part of the page, so the focus tells the screen reader where to begin.
 */
@Directive({ selector: '[appFocus]' })
export class Focus {
  constructor() {
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    afterNextRender(() => element.focus());
  }
}
