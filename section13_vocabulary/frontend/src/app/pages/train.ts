/* Train: one word at a time, until none is left. */

import { Component, OnInit, computed, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { Direction, Due, DueWord, Result } from '../api/types';
import { DueIn } from '../shared/due-in';
import { Focus } from '../shared/focus';
import { FormPage } from '../shared/form-page';
import { Insert } from '../shared/insert';

@Component({
  imports: [DueIn, Focus, FormsModule, Insert, RouterLink],
  templateUrl: './train.html',
})
export class TrainPage extends FormPage implements OnInit {
  private readonly api = inject(Api);
  readonly id = input.required<string>(); // of the list, from the URL: see routes.ts
  protected readonly direction = signal<Direction>('es-en');
  protected readonly words = signal<DueWord[] | null>(null); // null until they are loaded
  protected readonly word = computed(() => this.words()?.[0]);
  protected readonly nextDueAt = signal<string | null>(null);
  protected readonly answer = signal('');
  protected readonly result = signal<Result | null>(null);
  protected readonly isFromSpanish = computed(() => this.direction() === 'es-en');

  ngOnInit(): void {
    this.start();
  }

  private start(): void {
    this.words.set(null);
    this.result.set(null);
    void this.send(() => this.load());
  }

  protected turn(): void {
    this.direction.set(this.isFromSpanish() ? 'en-es' : 'es-en');
    this.start();
  }

  private async load(): Promise<void> {
    const path = `/lists/${this.id()}/due?direction=${this.direction()}`;
    const due = await this.api.get<Due>(path);
    this.ask(due.words);
    this.nextDueAt.set(due.next_due_at);
  }

  private ask(words: DueWord[]): void {
    this.words.set(words);
    this.result.set(null);
    this.answer.set('');
  }

  protected check(word: DueWord): Promise<void> {
    const body = { direction: this.direction(), answer: this.answer() };
    return this.send(async () => {
      this.result.set(await this.api.post<Result>(`/words/${word.id}/answers`, body));
    });
  }

  /** Go to the next word; a wrong one comes again, at the end. */
  protected next(word: DueWord, result: Result): void {
    const others = this.words()!.slice(1);
    this.ask(result.correct ? others : [...others, word]);
    if (!this.word()) this.start(); // there may be more than were loaded
  }
}
