import { expect, test } from 'vitest';

import { DueIn } from './due-in';

const NOW = Date.parse('2026-11-22T08:00:00+00:00');

test.each([
  ['2026-11-24T08:00:00+00:00', 'in 2 days'],
  ['2026-11-23T09:00:00+00:00', 'in 2 days'],
  ['2026-11-23T08:00:00+00:00', 'in 1 day'],
  ['2026-11-23T07:59:00+00:00', 'in 24 hours'],
  ['2026-11-22T11:00:00+00:00', 'in 3 hours'],
  ['2026-11-22T08:05:00+00:00', 'in 5 minutes'],
  ['2026-11-22T08:00:01+00:00', 'now'],
  ['2026-11-21T08:00:00+00:00', 'now'],
])('%s is %s', (time, text) => {
  expect(new DueIn().transform(time, NOW)).toBe(text);
});
