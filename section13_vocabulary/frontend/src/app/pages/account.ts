/* The user's own account. */

import { Component, inject, linkedSignal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { Router } from '@angular/router';

import { Api } from '../api/api';
import { Session } from '../api/session';
import { User } from '../api/types';
import { Focus } from '../shared/focus';
import { FormPage } from '../shared/form-page';

@Component({
  imports: [Focus, FormsModule],
  template: `
    <h1 appFocus tabindex="-1">Your account</h1>
    @if (session.user(); as user) {
      <form class="card" (ngSubmit)="save(user)">
        <p>{{ user.email }}</p>
        <label for="name">Name</label>
        <input id="name" name="name" autocomplete="nickname" required maxlength="40" [(ngModel)]="name" />
        <label><input type="checkbox" name="reminders" [(ngModel)]="reminders" /> Remind me by mail of words that are due</label>
        <button [disabled]="isSending()">Save</button>
        <p role="alert">{{ error() }}</p>
        <p role="status">{{ done() }}</p>
      </form>
      <p class="line">
        <button (click)="logout()">Log out</button>
        @if (!asked) {
          <button class="quiet" (click)="asked = true">Delete my account</button>
        } @else {
          <button class="quiet" appFocus (click)="remove(user)">Delete my lists and my progress, too</button>
        }
      </p>
    }
  `,
})
export class AccountPage extends FormPage {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  protected readonly session = inject(Session);
  protected readonly name = linkedSignal(() => this.session.user()?.name ?? '');
  protected readonly reminders = linkedSignal(() => this.session.user()?.reminders ?? false);
  protected asked = false;

  protected save(user: User): Promise<void> {
    const changes = { name: this.name(), reminders: this.reminders() };
    return this.send(async () => {
      this.session.user.set(await this.api.put<User>(`/users/${user.id}`, changes));
    }, 'Saved.');
  }

  protected logout(): Promise<void> {
    return this.send(async () => {
      await this.session.logout();
      await this.router.navigateByUrl('/login');
    });
  }

  protected remove(user: User): Promise<void> {
    return this.send(async () => {
      await this.api.delete(`/users/${user.id}`);
      this.session.forget();
      await this.router.navigateByUrl('/');
    });
  }
}
