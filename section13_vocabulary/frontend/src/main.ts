/* Where the front end starts: it reads its configuration, then shows the app. */

import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { inject, provideAppInitializer } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideRouter, withComponentInputBinding } from '@angular/router';

import { API_URL } from './app/api/api';
import { authorize } from './app/api/authorize';
import { Session } from './app/api/session';
import { App } from './app/app';
import { routes } from './app/routes';

// Not part of the build: so the same files work at any URL, with an API at any other.
const config: { apiUrl: string } = await (await fetch('config.json')).json();

await bootstrapApplication(App, {
  providers: [
    { provide: API_URL, useValue: config.apiUrl },
    provideHttpClient(withInterceptors([authorize])),
    provideRouter(routes, withComponentInputBinding()),
    provideAppInitializer(() => inject(Session).restore()),
  ],
});
