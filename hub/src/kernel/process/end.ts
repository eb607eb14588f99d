import { ownCpuUs, WORTH_US } from '../idle-memory.ts';
import { collectAll } from './collect.ts';

/**
 * Ends this process. V8 may be compiling on another thread, which wants memory and waits for this one to collect, while Node
 * waits here for that thread: a hub that had closed everything hung for ever (nodejs/node#54918). After a collection there is
 * memory for whatever is being compiled. A short command, whose memory was never scarce, does not wait for one (40 ms).
 */
export function endProcess(code: number): never {
  if (ownCpuUs() >= WORTH_US) collectAll();
  process.exit(code);
}
