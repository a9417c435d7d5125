/* Register: the API sends a mail with a link that confirms the address. */

import { Component, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';

import { Api } from '../api/api';
import { Focus } from '../shared/focus';
import { FormPage } from '../shared/form-page';

@Component({
  imports: [Focus, FormsModule],
  template: `
    <h1>Register</h1>
    <form class="card" (ngSubmit)="register()">
      <label for="name">Name</label>
      <input appFocus id="name" name="name" autocomplete="nickname" required maxlength="40" [(ngModel)]="name" />
      <label for="email">E-mail</label>
      <input id="email" name="email" type="email" autocomplete="username" required [(ngModel)]="email" />
      <label for="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="new-password"
        required
        aria-describedby="rule"
        [(ngModel)]="password"
      />
      <p id="rule">At least 8 characters; several words are easy to remember.</p>
      <button [disabled]="isSending()">Register</button>
      <p role="alert">{{ error() }}</p>
      <p role="status">{{ done() }}</p>
    </form>
  `,
})
export class RegisterPage extends FormPage {
  private readonly api = inject(Api);
  protected readonly name = signal('');
  protected readonly email = signal('');
  protected readonly password = signal('');

  protected register(): Promise<void> {
    const user = { name: this.name(), email: this.email(), password: this.password() };
    const message = `We have sent a mail to ${user.email}. Open the link in it, then log in.`;
    return this.send(() => this.api.post('/users', user), message);
  }
}
