/* Which component is shown at which URL. */

import { inject } from '@angular/core';
import { CanActivateFn, Router, Routes } from '@angular/router';

import { Session } from './api/session';
import { AccountPage } from './pages/account';
import { ListPage } from './pages/list';
import { ListsPage } from './pages/lists';
import { LoginPage } from './pages/login';
import { RegisterPage } from './pages/register';
import { ResetPage } from './pages/reset';
import { TrainPage } from './pages/train';
import { UnsubscribePage } from './pages/unsubscribe';

/** Send visitors to the page to log in. For convenience only: the API has its own checks. */
const loggedIn: CanActivateFn = () =>
  inject(Session).user() ? true : inject(Router).parseUrl('/login');

export const routes: Routes = [
  { path: '', component: ListsPage, title: 'Vocabulary' },
  { path: 'lists/:id', component: ListPage, title: 'Words · Vocabulary' },
  { path: 'train/:id', component: TrainPage, title: 'Train · Vocabulary' },
  { path: 'account', component: AccountPage, title: 'Account · Vocabulary', canActivate: [loggedIn] },
  { path: 'login', component: LoginPage, title: 'Log in · Vocabulary' },
  { path: 'register', component: RegisterPage, title: 'Register · Vocabulary' },
  { path: 'reset', component: ResetPage, title: 'Reset the password · Vocabulary' },
  { path: 'unsubscribe', component: UnsubscribePage, title: 'Reminders · Vocabulary' },
  { path: '**', redirectTo: '' },
];
