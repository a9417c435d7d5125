/* The interceptor: every request to the API passes here, and every response. */

import { HttpErrorResponse, HttpInterceptorFn, HttpRequest } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, from, switchMap, throwError } from 'rxjs';

import { API_URL } from './api';
import { Session } from './session';

/** Add the access token; if it has expired, refresh it once, and send the request again. */
export const authorize: HttpInterceptorFn = (request, next) => {
  const root = `${inject(API_URL)}/api/`;
  // No other server gets the token. The routes to log in, refresh and log out need none.
  if (!request.url.startsWith(root) || request.url.startsWith(`${root}auth/`)) {
    return next(request);
  }
  const session = inject(Session);
  const token = session.accessToken;
  return next(withToken(request, token)).pipe(
    catchError((error: HttpErrorResponse) => {
      if (error.error?.error !== 'token_expired') return throwError(() => error);
      const renewed = from(session.renew(token));
      return renewed.pipe(switchMap((fresh) => next(withToken(request, fresh))));
    }),
    catchError((error: HttpErrorResponse) => {
      if (error.status === 401) void session.end();
      return throwError(() => error);
    }),
  );
};

function withToken(request: HttpRequest<unknown>, token: string | null): HttpRequest<unknown> {
  return token ? request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }) : request;
}
