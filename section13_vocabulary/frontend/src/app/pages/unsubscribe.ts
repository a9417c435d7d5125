/* The link in a reminder leads here: no more reminders, also without a login. */

import { Component, inject, input } from '@angular/core';

import { Api } from '../api/api';
import { Focus } from '../shared/focus';
import { FormPage } from '../shared/form-page';

@Component({
  imports: [Focus],
  template: `
    <h1>Reminders</h1>
    <div class="card">
      <p>Do you want no more reminders of words that are due?</p>
      <!-- A button, since programs that check mails open every link in them. -->
      <button appFocus [disabled]="isSending()" (click)="unsubscribe()">No more reminders</button>
      <p role="alert">{{ error() }}</p>
      <p role="status">{{ done() }}</p>
    </div>
  `,
})
export class UnsubscribePage extends FormPage {
  private readonly api = inject(Api);
  readonly token = input(''); // ?token=…, from the link

  protected unsubscribe(): Promise<void> {
    const path = `/unsubscribe/${this.token()}`;
    return this.send(() => this.api.post(path, {}), 'You will get no more reminders.');
  }
}
