/* The base class of pages with forms: it sends requests, and shows the result. */

import { Directive, signal } from '@angular/core';

import { describe } from '../api/api';

@Directive()
export abstract class FormPage {
  protected readonly error = signal('');
  protected readonly done = signal('');
  protected readonly isSending = signal(false);

  /** Send requests, and show a message or the error. Do nothing while others are sent. */
  protected async send(request: () => Promise<unknown>, message = ''): Promise<void> {
    if (this.isSending()) return; // the user has pressed Enter twice
    this.isSending.set(true);
    this.error.set('');
    this.done.set('');
    try {
      await request();
      this.done.set(message);
    } catch (error) {
      this.error.set(describe(error));
    } finally {
      this.isSending.set(false);
    }
  }
}
