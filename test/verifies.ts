import { TestRunner } from 'vitest';
import { requirements, type RequirementId } from './requirements.ts';

declare module 'vitest' {
  interface TaskMeta {
    verifies?: string[];
  }
}

/**
 * Says that the running test proves these requirements. Call it first thing inside a test that goes through the real
 * thing the line names; the reporter counts the line as proven only when the test ran and passed.
 */
export function verifies(...ids: RequirementId[]): void {
  const test = TestRunner.getCurrentTest();
  if (!test) throw new Error('verifies() is called inside a test');
  const unknown = ids.filter((id) => !(id in requirements));
  if (unknown.length > 0) throw new Error(`no requirement is named ${unknown.join(', ')}`);
  test.meta.verifies = [...(test.meta.verifies ?? []), ...ids];
}
