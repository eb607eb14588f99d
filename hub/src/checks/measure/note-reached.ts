import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { COUNTER } from './instrument.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the counts. */
    reached: string;
  }
}

const hits = new Map<string, Set<number>>();
Object.assign(globalThis, {
  [COUNTER](file: string, point: number): void {
    const known = hits.get(file);
    if (known === undefined) hits.set(file, new Set([point]));
    else known.add(point);
  },
});

afterAll(() => {
  const told = Object.fromEntries([...hits].map(([file, points]) => [file, [...points]]));
  writeFileSync(join(inject('reached'), `${randomUUID()}.json`), JSON.stringify(told));
});
