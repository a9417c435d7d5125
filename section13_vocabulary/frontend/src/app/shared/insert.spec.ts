import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { FormsModule } from '@angular/forms';
import { expect, test } from 'vitest';

import { Insert } from './insert';

@Component({
  imports: [FormsModule, Insert],
  template: `<input #field [(ngModel)]="text" /><button [appInsert]="field">ñ</button>`,
})
class Page {
  readonly text = signal('ao');
}

test('a character is inserted where the cursor is', async () => {
  const page = TestBed.createComponent(Page);
  await page.whenStable();
  const field: HTMLInputElement = page.nativeElement.querySelector('input');
  field.setSelectionRange(1, 1);

  page.nativeElement.querySelector('button').click();

  expect(page.componentInstance.text()).toBe('año');
  expect(field.selectionStart).toBe(2);
});
