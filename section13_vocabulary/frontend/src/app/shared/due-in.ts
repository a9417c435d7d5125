/* A pipe: it formats a value for a template. */

import { Pipe, PipeTransform } from '@angular/core';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 24 * 60 * 60],
  ['hour', 60 * 60],
  ['minute', 60],
];

/** {{ '2026-11-24T08:00:00+00:00' | dueIn }} is "in 2 days". */
@Pipe({ name: 'dueIn' })
export class DueIn implements PipeTransform {
  private readonly format = new Intl.RelativeTimeFormat('en');

  transform(time: string, now = Date.now()): string {
    const seconds = (Date.parse(time) - now) / 1000;
    for (const [unit, length] of UNITS) {
      // Rounded up: words are due at midnight, and the second of two days has begun.
      if (seconds >= length) return this.format.format(Math.ceil(seconds / length), unit);
    }
    return 'now';
  }
}
