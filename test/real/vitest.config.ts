import { defineConfig } from 'vitest/config';

/** Tests that need a real model: run by hand, never by `npm test`. */
export default defineConfig({
  test: { root: import.meta.dirname, include: ['*.test.ts'], hookTimeout: 60_000 },
});
