/* The link in a reminder leads here: a user can stop the reminders without a login. */

import { Component, inject, input } from '@angular/core';

import { Api } from '../api/api';
import { Focus } from '../shared/focus';
import { FormPage } from '../shared/form-page';

@Component({
  imports: [Focus],
  template: `
    <h1>Reminders</h1>
    <div class="card">
      <p>Stop the e-mails that remind you of due words?</p>
      <!-- A button, since virus scanners open every link in an e-mail. -->
      <button appFocus [disabled]="isSending()" (click)="unsubscribe()">Stop reminders</button>
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
