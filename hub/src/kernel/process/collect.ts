import { runInNewContext } from 'node:vm';
import { changeV8Flags } from './v8-flags.ts';

/** `last-resort` alone makes V8 let go of what it keeps in reserve. */
const COLLECT = "gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })";

/** V8's own collector, which Node shows only to a context that was made while the flag stands; nothing where V8 is not known. */
export function collectAll(): void {
  if (!changeV8Flags('--expose-gc')) return;
  runInNewContext(COLLECT);
  // Code that is compiled under other flags than these is not taken from the cache of compiled code.
  changeV8Flags('--no-expose-gc');
}
