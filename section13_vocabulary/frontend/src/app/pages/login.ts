/* Log in. The links in mails lead here, too. */

import { Component, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { Router, RouterLink } from '@angular/router';

import { Session } from '../api/session';
import { Focus } from '../shared/focus';
import { FormPage } from '../shared/form-page';

@Component({
  imports: [Focus, FormsModule, RouterLink],
  template: `
    <h1>Log in</h1>
    @if (confirmed() === 'yes') { <p class="right">Your address is confirmed. You can log in now.</p> }
    @if (confirmed() === 'no') {
      <p class="wrong">This link is not valid any more. Register again to get a new one.</p>
    }
    @if (ended()) { <p>Your login has ended. Log in again.</p> }
    <form class="card" (ngSubmit)="login()">
      <label for="email">E-mail</label>
      <input appFocus id="email" name="email" type="email" autocomplete="username" required [(ngModel)]="email" />
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required [(ngModel)]="password" />
      <button [disabled]="isSending()">Log in</button>
      <p role="alert">{{ error() }}</p>
    </form>
    <p class="line">
      <a routerLink="/reset">Forgotten your password?</a>
      <a routerLink="/register">No account yet?</a>
    </p>
  `,
})
export class LoginPage extends FormPage {
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  readonly confirmed = input<string>(); // ?confirmed=yes, after the link in a mail
  readonly ended = input<string>(); // ?ended=yes, after a token was refused
  protected readonly email = signal('');
  protected readonly password = signal('');

  protected login(): Promise<void> {
    return this.send(async () => {
      await this.session.login(this.email(), this.password());
      await this.router.navigateByUrl('/');
    });
  }
}
