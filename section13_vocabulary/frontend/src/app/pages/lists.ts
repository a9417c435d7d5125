/* The start page: all lists of words, and how far the user is. */

import { Component, OnInit, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { Session } from '../api/session';
import { Progress, WordList } from '../api/types';
import { Boxes } from '../shared/boxes';
import { Focus } from '../shared/focus';
import { FormPage } from '../shared/form-page';

@Component({
  imports: [Boxes, Focus, FormsModule, RouterLink],
  template: `
    <h1 appFocus tabindex="-1">Word lists</h1>
    @if (!session.user()) {
      <p>Try a list right away. To save your progress, <a routerLink="/register">register</a>.</p>
    }
    <ul class="cards">
      @for (list of lists(); track list.id) {
        <li class="card">
          <h2><a [routerLink]="['/lists', list.id]">{{ list.name }}</a></h2>
          <p>
            {{ list.words_count }} words
            @if (list.due !== null) { · <strong>{{ list.due }} due</strong> }
          </p>
          <a class="button" [routerLink]="['/train', list.id]" [attr.aria-label]="'Train: ' + list.name">Train</a>
        </li>
      }
    </ul>
    @if (progress(); as progress) {
      <h2>Your progress</h2>
      <p>To repeat: {{ progress.due }}. Not learned yet: {{ progress.new }}.</p>
      <app-boxes [boxes]="progress.boxes" />
      <form class="line" (ngSubmit)="add()">
        <label for="name">A list of your own</label>
        <input id="name" name="name" required maxlength="80" [(ngModel)]="name" />
        <button>Add</button>
      </form>
    }
    <p role="alert">{{ error() }}</p>
  `,
})
export class ListsPage extends FormPage implements OnInit {
  private readonly api = inject(Api);
  protected readonly session = inject(Session);
  protected readonly lists = signal<WordList[]>([]);
  protected readonly progress = signal<Progress | null>(null);
  protected readonly name = signal('');

  ngOnInit(): void {
    void this.send(() => this.load());
  }

  private async load(): Promise<void> {
    const [{ lists }, progress] = await Promise.all([
      this.api.get<{ lists: WordList[] }>('/lists'),
      this.session.user() ? this.api.get<Progress>('/progress') : null,
    ]);
    this.lists.set(lists);
    this.progress.set(progress);
  }

  protected add(): Promise<void> {
    return this.send(async () => {
      await this.api.post('/lists', { name: this.name() });
      this.name.set('');
      await this.load();
    });
  }
}
