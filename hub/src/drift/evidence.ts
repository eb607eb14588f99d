import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ToolEvidence } from '@counterpart/schemas';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { writeUnsynced } from '../kernel/files/write-whole.ts';

/** How one call ended. */
export interface CallEnd {
  readonly server: string;
  readonly tool: string;
  /** Undefined: it was answered. */
  readonly code?: string | undefined;
  /** Places of the answer that are not as described. */
  readonly places?: readonly string[] | undefined;
}

/** What is seen of services by the calls of their tools; kept over restarts, written down a moment later. */
export interface Evidence {
  note(end: CallEnd): void;
  of(server: string): ToolEvidence[];
  servers(): string[];
  /** Another version is in use: what was seen of the one before says nothing of it. */
  forget(server: string): void;
  /** Writes what was not written yet. */
  flush(): void;
}

const WRITE_AFTER_MS = 2_000;
/** Tools of a server, and places and codes of a tool, that are counted. */
const MOST = 500;
const Kept = z.record(z.string(), z.array(ToolEvidence));

/** Opens the evidence in a hub's data folder; a file that cannot be read is as none. */
export function openEvidence(dataDir: string, clock: Clock): Evidence {
  const folder = join(dataDir, 'drift');
  const file = join(folder, 'evidence.json');
  const tools = readKept(file);
  let writing: (() => void) | undefined;
  const secondOf = clockText();
  const flush = (): void => {
    if (writing === undefined) return;
    writing();
    writing = undefined;
    const all = Object.fromEntries([...tools].map(([server, known]) => [server, [...known.values()]]));
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeUnsynced(file, JSON.stringify(all));
    } catch {
      // A full disk costs counts, not calls.
    }
  };
  const changed = (): void => {
    writing ??= clock.after(WRITE_AFTER_MS, flush);
  };
  return {
    note(end) {
      const known = tools.get(end.server) ?? new Map<string, ToolEvidence>();
      tools.set(end.server, known);
      const before = known.get(end.tool);
      if (known.size >= MOST && !before) return;
      const at = secondOf(clock.now());
      if (before && wentWell(end)) countAnswer(before, at);
      else known.set(end.tool, withEnd(before, end, at));
      changed();
    },
    of: (server) => [...(tools.get(server)?.values() ?? [])].map((one) => ({ ...one })),
    servers: () => [...tools.keys()],
    forget(server) {
      if (tools.delete(server)) changed();
    },
    flush,
  };
}

function readKept(file: string): Map<string, Map<string, ToolEvidence>> {
  try {
    const kept = Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
    return new Map(
      Object.entries(kept).map(([server, list]) => [server, new Map(list.map((one) => [one.tool, one]))]),
    );
  } catch {
    rmSync(file, { force: true });
    return new Map();
  }
}

const wentWell = ({ code, places }: CallEnd): boolean =>
  code === undefined && (places === undefined || places.length === 0);

/** What most calls are: nothing is made anew for it, because it is on the way of every answer. */
function countAnswer(known: ToolEvidence, lastAt: string): void {
  known.answered += 1;
  known.failedInRow = 0;
  known.lastAt = lastAt;
}

/** A moment to the second, written anew only when another one has begun. */
function clockText(): (now: number) => string {
  let second = -1;
  let text = '';
  return (now) => {
    const current = Math.floor(now / 1_000);
    if (current !== second) text = new Date(current * 1_000).toISOString();
    second = current;
    return text;
  };
}

/** The same with one more call. Pure. */
export function withEnd(
  before: ToolEvidence | undefined,
  { tool, code, places = [] }: CallEnd,
  lastAt: string,
): ToolEvidence {
  const known = before ?? { tool, answered: 0, failed: 0, failedInRow: 0, codes: {}, places: {}, lastAt };
  const isFailed = code !== undefined;
  return {
    ...known,
    lastAt,
    answered: known.answered + Number(!isFailed),
    failed: known.failed + Number(isFailed),
    failedInRow: isFailed ? known.failedInRow + 1 : 0,
    codes: isFailed ? counted(known.codes, [code]) : known.codes,
    places: counted(known.places, places.map(placeOf)),
  };
}

/** Items of a list are one place. */
const placeOf = (sentence: string): string => sentence.replace(/\[\d+\]/g, '[]').slice(0, 200);

function counted(counts: Record<string, number>, keys: readonly string[]): Record<string, number> {
  const next = { ...counts };
  for (const key of new Set(keys))
    if (Object.hasOwn(next, key) || Object.keys(next).length < MOST) next[key] = (next[key] ?? 0) + 1;
  return next;
}
