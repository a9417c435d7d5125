/* The frame around all pages: the name of the app, and the navigation. */

import { Component, inject } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

import { Session } from './api/session';

@Component({
  selector: 'app-root',
  imports: [RouterLink, RouterLinkActive, RouterOutlet],
  template: `
    <header>
      <nav aria-label="Main">
        <a class="brand" routerLink="/"><img src="icon.svg" alt="" width="28" height="28" />Vocabulary</a>
        @if (session.user(); as user) {
          <a routerLink="/account" routerLinkActive="active">{{ user.name }}</a>
        } @else {
          <a routerLink="/register" routerLinkActive="active">Register</a>
          <a routerLink="/login" routerLinkActive="active">Log in</a>
        }
      </nav>
    </header>
    <main><router-outlet /></main>
  `,
})
export class App {
  protected readonly session = inject(Session);
}
