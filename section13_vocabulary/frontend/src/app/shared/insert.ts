/* A directive for buttons that type a character which many keyboards do not have. */

import { Directive, ElementRef, inject, input } from '@angular/core';

/** <button [appInsert]="field">ñ</button> inserts ñ into the field, at the cursor. */
@Directive({
  selector: 'button[appInsert]',
  host: { type: 'button', '(click)': 'insert()' },
})
export class Insert {
  readonly appInsert = input.required<HTMLInputElement>();
  private readonly button = inject<ElementRef<HTMLButtonElement>>(ElementRef).nativeElement;

  protected insert(): void {
    const field = this.appInsert();
    const start = field.selectionStart ?? field.value.length;
    const end = field.selectionEnd ?? start;
    field.setRangeText(this.button.textContent!.trim(), start, end, 'end');
    field.dispatchEvent(new Event('input')); // as if it was typed
    field.focus();
  }
}
