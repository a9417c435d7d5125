/* Reset a password: ask for a mail; the link in it leads here again, with a token. */

import { Component, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { Session } from '../api/session';
import { Focus } from '../shared/focus';
import { FormPage } from '../shared/form-page';

@Component({
  imports: [Focus, FormsModule, RouterLink],
  template: `
    <h1>Reset your password</h1>
    <form class="card" (ngSubmit)="token() ? choose() : ask()">
      @if (token()) {
        <label for="password">New password</label>
        <input appFocus id="password" name="password" type="password" autocomplete="new-password" required [(ngModel)]="password" />
        <button [disabled]="isSending()">Save</button>
      } @else {
        <label for="email">E-mail</label>
        <input appFocus id="email" name="email" type="email" autocomplete="username" required [(ngModel)]="email" />
        <button [disabled]="isSending()">Send me a link</button>
      }
      <p role="alert">{{ error() }}</p>
      <p role="status">{{ done() }}</p>
    </form>
    <p><a routerLink="/login">Log in</a></p>
  `,
})
export class ResetPage extends FormPage {
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  readonly token = input<string>(); // ?token=…, from the link
  protected readonly email = signal('');
  protected readonly password = signal('');

  protected ask(): Promise<void> {
    const message = 'If there is an account with this address, it gets a mail with a link.';
    return this.send(() => this.api.post('/password-resets', { email: this.email() }), message);
  }

  protected choose(): Promise<void> {
    return this.send(async () => {
      await this.api.put(`/password-resets/${this.token()}`, { password: this.password() });
      this.session.forget(); // the API has ended all logins
      this.password.set('');
    }, 'Your password is changed. You can log in with it now.');
  }
}
