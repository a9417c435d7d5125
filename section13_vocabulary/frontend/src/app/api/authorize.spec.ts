import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { beforeEach, expect, test, vi } from 'vitest';

import { API_URL, Api } from './api';
import { authorize } from './authorize';
import { Session } from './session';

const ROOT = 'https://api.example.com/api';
const EXPIRED = { status: 401, statusText: 'Unauthorized' };
const user = { id: 1, name: 'Ana', email: 'ana@example.com', role: 'user', reminders: true };
let api: Api;
let http: HttpTestingController;
let session: Session;

beforeEach(async () => {
  TestBed.configureTestingModule({
    providers: [
      { provide: API_URL, useValue: 'https://api.example.com' },
      provideHttpClient(withInterceptors([authorize])),
      provideHttpClientTesting(),
      provideRouter([]),
    ],
  });
  api = TestBed.inject(Api);
  http = TestBed.inject(HttpTestingController);
  session = TestBed.inject(Session);
  const login = session.login('ana@example.com', 'open-sesame');
  http.expectOne(`${ROOT}/auth/login`).flush({ access_token: 'first', user });
  await login;
});

const respondExpired = (path: string) =>
  http.expectOne(ROOT + path).flush({ error: 'token_expired' }, EXPIRED);
const authorization = (path: string) =>
  vi.waitFor(() => http.expectOne(ROOT + path)).then((sent) => {
    sent.flush('the response');
    return sent.request.headers.get('Authorization');
  });

test('a request to the API has the access token, and one to another server has not', () => {
  void api.get('/lists');
  void firstValueFrom(TestBed.inject(HttpClient).get('https://example.org/api/'));

  expect(http.expectOne(`${ROOT}/lists`).request.headers.get('Authorization')).toBe('Bearer first');
  expect(http.expectOne('https://example.org/api/').request.headers.keys()).toEqual([]);
});

test('five requests that find out together refresh once', async () => {
  const paths = ['/1', '/2', '/3', '/4', '/5'];
  const responses = Promise.all(paths.map((path) => api.get(path)));

  paths.forEach(respondExpired);
  http.expectOne(`${ROOT}/auth/refresh`).flush({ access_token: 'second', user });

  const sent = await Promise.all(paths.map(authorization));
  expect(new Set(sent)).toEqual(new Set(['Bearer second']));
  expect(await responses).toHaveLength(5);
  http.verify();
});

test('a request that finds out late uses the token that is there already', async () => {
  const responses = Promise.all([api.get('/1'), api.get('/2')]);
  const late = http.expectOne(`${ROOT}/2`);
  respondExpired('/1');
  http.expectOne(`${ROOT}/auth/refresh`).flush({ access_token: 'second', user });
  await authorization('/1');

  late.flush({ error: 'token_expired' }, EXPIRED);

  expect(await authorization('/2')).toBe('Bearer second');
  await responses;
  http.verify();
});

test('when the login has ended, the page to log in is shown', async () => {
  const navigate = vi.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
  const response = api.get('/lists');

  respondExpired('/lists');
  http.expectOne(`${ROOT}/auth/refresh`).flush({ error: 'token_revoked' }, EXPIRED);

  await expect(response).rejects.toMatchObject({ status: 401 });
  expect(session.user()).toBeNull();
  expect(navigate).toHaveBeenCalledWith(['/login'], { queryParams: { ended: 'yes' } });
});

test('when the server does not respond, the session goes on', async () => {
  const response = api.get('/lists');

  respondExpired('/lists');
  http.expectOne(`${ROOT}/auth/refresh`).error(new ProgressEvent('error'));

  await expect(response).rejects.toMatchObject({ status: 0 });
  expect(session.user()).toEqual(user);
});
