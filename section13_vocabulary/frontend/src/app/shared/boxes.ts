/* The five boxes of the learning schedule, as a small chart. */

import { Component, computed, input } from '@angular/core';

import { Progress } from '../api/types';

@Component({
  selector: 'app-boxes',
  template: `
    <ol class="boxes">
      @for (box of boxes(); track box.box) {
        <li>
          <span>Box {{ box.box }}, {{ box.days }} {{ box.days === 1 ? 'day' : 'days' }}</span>
          <span class="bar" [style.inline-size.%]="(60 * box.words) / most()"></span>
          <span>{{ box.words }} {{ box.words === 1 ? 'word' : 'words' }}</span>
        </li>
      }
    </ol>
  `,
})
export class Boxes {
  readonly boxes = input.required<Progress['boxes']>();
  protected readonly most = computed(() => Math.max(1, ...this.boxes().map((box) => box.words)));
}
