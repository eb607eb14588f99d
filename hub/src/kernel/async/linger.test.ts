import { expect, test } from 'vitest';
import { Linger } from './linger.ts';

/** A loop that comes round some times while it looks. */
function loop() {
  let now = 0;
  const due: (() => void)[] = [];
  const linger = new Linger({ now: () => now, again: (look) => void due.push(look) });
  const round = (): void => {
    now += 1 / 128;
    due.shift()?.();
  };
  /** Until it looks no more; how many rounds that took. */
  const rest = (): number => {
    const begun = now;
    while (due.length > 0) round();
    return (now - begun) * 128;
  };
  return { linger, round, rest };
}

test('after something was passed on the loop looks for a moment, and longer where more is passed on meanwhile', () => {
  const { linger, round, rest } = loop();
  expect(rest()).toBe(0);
  linger.begin();
  const once = rest();
  expect(once).toBeGreaterThan(5);
  expect(once).toBeLessThan(50);
  linger.begin();
  for (let turn = 0; turn < 5; turn += 1) round();
  linger.begin();
  expect(rest()).toBe(once);
  expect(rest()).toBe(0);
});

test('where nothing ever comes in that moment it sleeps at once, and tries now and then', () => {
  const { linger, rest } = loop();
  const looked = Array.from({ length: 1_000 }, () => {
    linger.begin();
    return rest() > 0;
  }).filter(Boolean);
  expect(looked.length).toBeGreaterThan(16);
  expect(looked.length).toBeLessThan(40);
});

test('once input came in that moment it looks again each time; what comes while it sleeps proves nothing', () => {
  const { linger, round, rest } = loop();
  const looks = (): boolean => {
    linger.begin();
    return rest() > 0;
  };
  for (let time = 0; time < 100; time += 1) looks();
  linger.found();
  expect(Array.from({ length: 10 }, looks)).not.toContain(true);
  // The next time it tries, input comes.
  for (let tried = false; !tried;) {
    linger.begin();
    round();
    linger.found();
    tried = rest() > 0;
  }
  expect(Array.from({ length: 10 }, looks)).not.toContain(false);
});
