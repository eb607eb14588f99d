import { isAbsolute } from 'node:path';
import { READ_AT_START, SHAPING } from '../../kernel/process/read-at-start.ts';
import type { ProcessSpec } from '../../kernel/ports.ts';

/** Whether a spare process with this environment can become this server without any difference to it. Pure. */
export function fitsSpare(spec: ProcessSpec, spareEnv: Readonly<Record<string, string>>): boolean {
  const [entry] = spec.args;
  return (
    spec.warm === true &&
    spec.openBox === undefined &&
    spec.command === process.execPath &&
    spec.cwd !== undefined &&
    entry !== undefined &&
    isAbsolute(entry) &&
    !Object.keys(spec.env).some((name) => READ_AT_START.test(name)) &&
    SHAPING.every((name) => spec.env[name] === spareEnv[name])
  );
}
