import { expect, test } from 'vitest';
import type { Clock } from '../kernel/clock.ts';
import { createEntryLinks } from './entry-links.ts';

test('a link is dead after ten minutes, used or not', () => {
  let now = 0;
  const clock: Clock = { now: () => now, after: () => () => undefined };
  const links = createEntryLinks(clock);
  const link = links.issue({ server: '', name: 'A' });
  expect(links.find(link.key)?.place.name).toBe('A');
  now = 600_000;
  expect([links.find(link.key), links.use(link, link.formKey), links.state(link.id)]).toEqual([
    undefined,
    false,
    'gone',
  ]);
});

test('one of two uses counts, and it is told as used only once the value is stored', () => {
  const links = createEntryLinks({ now: () => 0, after: () => () => undefined });
  const link = links.issue({ server: '', name: 'A' });
  expect([links.use(link, 'guess'), links.use(link, link.formKey), links.use(link, link.formKey)]).toEqual([
    false,
    true,
    false,
  ]);
  expect(links.state(link.id)).toBe('waiting');
  links.settle(link, true);
  expect(links.state(link.id)).toBe('used');
});
