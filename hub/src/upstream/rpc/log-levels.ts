import type { Caller } from '../../kernel/ports.ts';

/** RFC 5424 severities, most talkative first. */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** Position of a level, most talkative 0; -1 for what is no level. */
export function severity(level: unknown): number {
  return typeof level === 'string' ? LEVELS.indexOf(level) : -1;
}

/** Whether this caller wants a message of this level. A modern request without a level wants none (2026-07-28, logging). */
export function wantsLog(caller: Caller, level: unknown): boolean {
  if (caller.logLevel === undefined) return caller.era === 'legacy';
  const asked = severity(caller.logLevel);
  return asked < 0 || severity(level) >= asked;
}

/** Remembers the most talkative level a shared legacy server was set to. */
export class LevelMark {
  #mark = LEVELS.length;

  /** True when the server must be told, because this caller wants more than anybody before. */
  lowers(level: string): boolean {
    const asked = severity(level);
    if (asked < 0 || asked >= this.#mark) return false;
    this.#mark = asked;
    return true;
  }
}
