/* Who is logged in: the access token, and how to get the next one. */

import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { Injectable, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { firstValueFrom } from 'rxjs';

import { API_URL } from './api';
import { Login, User } from './types';

const CSRF_COOKIE = 'csrf_refresh_token';

@Injectable({ providedIn: 'root' })
export class Session {
  private readonly http = inject(HttpClient);
  private readonly router = inject(Router);
  private readonly root = `${inject(API_URL)}/api/auth`;
  private refreshing: Promise<void> | null = null;

  readonly user = signal<User | null>(null);
  // In memory only: any script of the page could read it in localStorage. A reload
  // forgets it, and gets another one with the cookie, which no script can read.
  accessToken: string | null = null;

  /** Log in again after a reload, if there is a cookie. */
  async restore(): Promise<void> {
    if (readCookie(CSRF_COOKIE)) await this.refresh().catch(() => undefined);
  }

  async login(email: string, password: string): Promise<void> {
    this.start(await this.post<Login>('/login', { email, password }));
  }

  async logout(): Promise<void> {
    await this.post('/logout').catch(ignoreUnauthorized); // the login has ended already
    this.forget();
  }

  /** Return an access token other than the expired one. */
  async renew(expired: string | null): Promise<string | null> {
    // Another request may have renewed it while this one waited for its response.
    if (this.accessToken === expired) await this.refresh();
    return this.accessToken;
  }

  /** End the session on this page, because the API refuses its tokens. */
  async end(): Promise<void> {
    this.forget();
    await this.router.navigate(['/login'], { queryParams: { ended: 'yes' } });
  }

  forget(): void {
    this.accessToken = null;
    this.user.set(null);
  }

  /** Replace both tokens; calls at the same time share one request. */
  private refresh(): Promise<void> {
    this.refreshing ??= this.post<Login>('/refresh')
      .then((login) => this.start(login))
      .finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  private start(login: Login): void {
    this.accessToken = login.access_token;
    this.user.set(login.user);
  }

  private post<T>(path: string, body: object | null = null): Promise<T> {
    // Without withCredentials, a request to another origin neither sends nor gets cookies.
    const headers = { 'X-CSRF-TOKEN': readCookie(CSRF_COOKIE) };
    const options = { headers, withCredentials: true };
    return firstValueFrom(this.http.post<T>(this.root + path, body, options));
  }
}

/** Return the value of a cookie, or an empty string. */
function readCookie(name: string): string {
  const found = document.cookie.split('; ').find((cookie) => cookie.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? '';
}

function ignoreUnauthorized(error: unknown): void {
  if (!(error instanceof HttpErrorResponse && error.status === 401)) throw error;
}
