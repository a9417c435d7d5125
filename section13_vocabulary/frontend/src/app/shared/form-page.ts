/* What pages with forms have in common: they send requests, and show the result. */

import { Directive, signal } from '@angular/core';

import { describe } from '../api/api';

@Directive()
export abstract class FormPage {
  protected readonly error = signal('');
  protected readonly done = signal('');
  protected readonly isSending = signal(false);

  /** Wait for requests; show a message if they succeed, or the error. Only one at a time. */
  protected async send(request: () => Promise<unknown>, message = ''): Promise<void> {
    if (this.isSending()) return; // the Enter key, twice
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
