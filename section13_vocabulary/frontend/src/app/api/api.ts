/* Requests to the API, as promises. */

import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { Injectable, InjectionToken, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

/** The origin of the API, from config.json; empty if it is the one of the page. */
export const API_URL = new InjectionToken<string>('API_URL');

@Injectable({ providedIn: 'root' })
export class Api {
  private readonly http = inject(HttpClient);
  private readonly root = `${inject(API_URL)}/api`;

  get<T>(path: string): Promise<T> {
    return firstValueFrom(this.http.get<T>(this.root + path));
  }

  post<T>(path: string, body: object): Promise<T> {
    return firstValueFrom(this.http.post<T>(this.root + path, body));
  }

  put<T>(path: string, body: object): Promise<T> {
    return firstValueFrom(this.http.put<T>(this.root + path, body));
  }

  delete(path: string): Promise<void> {
    return firstValueFrom(this.http.delete<void>(this.root + path));
  }
}

/** Return what a user should read about an error. */
export function describe(error: unknown): string {
  if (!(error instanceof HttpErrorResponse)) throw error;
  if (error.status === 0) return 'The server does not respond. Try again in a minute.';
  const fields = Object.entries<string[]>(error.error?.errors ?? {});
  const details = fields.map(([name, messages]) => `${name}: ${messages.join(' ')}`);
  return details.join(' ') || error.error?.message || `The server responds ${error.status}.`;
}
