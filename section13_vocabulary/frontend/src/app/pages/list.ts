/* The words of a list; its owner can add and delete some, or the whole list. */

import { Component, OnInit, computed, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { Router, RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { Session } from '../api/session';
import { ListWithWords } from '../api/types';
import { Focus } from '../shared/focus';
import { FormPage } from '../shared/form-page';

@Component({
  imports: [Focus, FormsModule, RouterLink],
  template: `
    @if (list(); as list) {
      <h1 appFocus tabindex="-1">{{ list.name }}</h1>
      <p><a class="button" [routerLink]="['/train', list.id]">Train</a></p>
      <table>
        <thead>
          <tr>
            <th scope="col">Spanish</th>
            <th scope="col">English</th>
            @if (isOwner()) { <td></td> }
          </tr>
        </thead>
        <tbody>
          @for (word of list.words; track word.id) {
            <tr>
              <td lang="es">{{ word.spanish }}</td>
              <td>{{ word.english }}</td>
              @if (isOwner()) {
                <td>
                  <button class="quiet" [attr.aria-label]="'Delete ' + word.spanish" (click)="removeWord(word.id)">
                    Delete
                  </button>
                </td>
              }
            </tr>
          }
        </tbody>
      </table>
      @if (isOwner()) {
        <form class="line" (ngSubmit)="addWord()">
          <label for="spanish">Spanish</label>
          <input #first id="spanish" name="spanish" lang="es" required autocapitalize="off" [(ngModel)]="spanish" />
          <label for="english">English</label>
          <input id="english" name="english" required autocapitalize="off" [(ngModel)]="english" />
          <button (click)="first.focus()">Add</button>
        </form>
        <button class="quiet" (click)="removeList()">Delete this list</button>
      }
    }
    <p role="alert">{{ error() }}</p>
  `,
})
export class ListPage extends FormPage implements OnInit {
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  readonly id = input.required<string>(); // from the URL: see routes.ts
  protected readonly list = signal<ListWithWords | null>(null);
  protected readonly spanish = signal('');
  protected readonly english = signal('');
  protected readonly isOwner = computed(() => this.session.user()?.id === this.list()?.owner_id);

  ngOnInit(): void {
    void this.send(() => this.load());
  }

  private async load(): Promise<void> {
    this.list.set(await this.api.get<ListWithWords>(`/lists/${this.id()}`));
  }

  protected addWord(): Promise<void> {
    return this.send(async () => {
      const word = { spanish: this.spanish(), english: this.english() };
      await this.api.post(`/lists/${this.id()}/words`, word);
      this.spanish.set('');
      this.english.set('');
      await this.load();
    });
  }

  protected removeWord(id: number): Promise<void> {
    return this.send(async () => {
      await this.api.delete(`/words/${id}`);
      await this.load();
    });
  }

  protected removeList(): Promise<void> {
    return this.send(async () => {
      await this.api.delete(`/lists/${this.id()}`);
      await this.router.navigateByUrl('/');
    });
  }
}
