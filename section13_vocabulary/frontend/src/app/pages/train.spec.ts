import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { beforeEach, expect, test, vi } from 'vitest';

import { Api } from '../api/api';
import { TrainPage } from './train';

const right = { correct: true, hint: 'Mind the accents: el café', solution: 'el café' };
const wrong = { correct: false, hint: null, solution: 'el pan' };
const schedule = { counted: true, box: 1, due_at: null };
const api = { get: vi.fn(), post: vi.fn() };
let page: HTMLElement;
let stable: () => Promise<unknown>;

beforeEach(async () => {
  const words = [1, 2].map((id) => ({ id, prompt: `word ${id}`, box: null, due_at: null }));
  api.get.mockReset().mockResolvedValueOnce({ words, next_due_at: null });
  api.get.mockResolvedValue({ words: [], next_due_at: null });
  TestBed.configureTestingModule({ providers: [provideRouter([]), { provide: Api, useValue: api }] });
  const fixture = TestBed.createComponent(TrainPage);
  fixture.componentRef.setInput('id', '7');
  page = fixture.nativeElement;
  stable = () => fixture.whenStable();
  await stable();
});

async function respond(result: object): Promise<void> {
  api.post.mockResolvedValueOnce({ ...result, ...schedule });
  page.querySelector('form')!.dispatchEvent(new Event('submit'));
  await vi.waitFor(() => expect(status()).not.toBe(''));
}

async function next(): Promise<void> {
  [...page.querySelectorAll('button')].find((button) => button.textContent === 'Next')!.click();
  await stable();
}

const prompt = () => page.querySelector('.prompt')!.textContent;
const status = () => page.querySelector('[role=status]')!.textContent;

test('a right answer is announced, with its hint, and the next word is shown', async () => {
  expect(api.get).toHaveBeenCalledWith('/lists/7/due?direction=es-en');
  await respond(right);

  expect(status()).toContain('Right.');
  expect(status()).toContain('Mind the accents');
  await next();
  expect(prompt()).toBe('word 2');
  expect(status()).toBe('');
});

test('a wrong answer shows the solution, and the word comes again', async () => {
  await respond(wrong);
  expect(status()).toContain('el pan');

  await next();
  await respond(right);
  await next();
  expect(prompt()).toBe('word 1');
});

test('after the last word, the list is done', async () => {
  for (let count = 0; count < 2; count++) {
    await respond(right);
    await next();
  }

  await vi.waitFor(() => expect(prompt()).toBe('Done!'));
});
