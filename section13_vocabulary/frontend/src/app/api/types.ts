/* What the API returns: see Routes in the README of the section. */

export interface User {
  id: number;
  name: string;
  email: string;
  role: 'user' | 'admin';
  reminders: boolean;
}

export interface Login {
  access_token: string;
  user: User;
}

export interface WordList {
  id: number;
  name: string;
  owner_id: number | null;
  words_count: number;
  due: number | null;
}

export interface Word {
  id: number;
  spanish: string;
  english: string;
}

export interface ListWithWords extends WordList {
  words: Word[];
}

export type Direction = 'es-en' | 'en-es';

export interface DueWord {
  id: number;
  prompt: string;
}

export interface Due {
  words: DueWord[];
  next_due_at: string | null;
}

export interface Result {
  correct: boolean;
  hint: string | null;
  solution: string;
  counted: boolean;
  box: number | null;
  due_at: string | null;
}

export interface Progress {
  boxes: { box: number; days: number; words: number }[];
  due: number;
  new: number;
}
