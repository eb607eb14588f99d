import { isAbsolute } from 'node:path';
import { READ_AT_START, SHAPING } from '../../kernel/process/read-at-start.ts';
import type { SandboxJob } from '../../kernel/ports.ts';

/** What of a job must be known before its Node begins, and what it can still be told afterwards. */
export interface Place {
  /** All but program, arguments and environment. Equal for two jobs when walls put up for one are those of the other. */
  readonly key: string;
  /** Of Node. */
  readonly flags: readonly string[];
  /** Variables that are read once, at the beginning. */
  readonly env: Readonly<Record<string, string>>;
}

const FLAG = /^--[a-z-]+=/;

/** The place of a job; undefined when it can only begin by itself: it is no file, or a flag is told apart from its value. Pure. */
export function placeOf(job: SandboxJob): Place | undefined {
  const flags = flagsOf(job);
  const program = job.args[flags.length];
  if (program === undefined || !isAbsolute(program) || !flags.every((flag) => FLAG.test(flag)))
    return undefined;
  const env = Object.fromEntries(
    Object.entries(job.env)
      .filter(([name]) => READ_AT_START.test(name) || SHAPING.includes(name))
      .toSorted(([one], [other]) => one.localeCompare(other)),
  );
  const { profile, folders, system = false, cwd, limits = {} } = job;
  return { key: JSON.stringify([profile, folders, system, cwd, limits, flags, env]), flags, env };
}

const flagsOf = ({ args }: SandboxJob): readonly string[] => {
  const program = args.findIndex((text) => !text.startsWith('-'));
  return args.slice(0, program < 0 ? args.length : program);
};

const LENGTH_DIGITS = 10;

/** What a process that waits in a job's place reads before it is that job (`bin/spare-inside.mjs`). Pure. */
export function orderOf(job: SandboxJob, { flags }: Place): string {
  const order = JSON.stringify({ args: job.args.slice(flags.length), cwd: job.cwd ?? '/tmp', env: job.env });
  return `${String(Buffer.byteLength(order)).padStart(LENGTH_DIGITS, '0')}${order}`;
}
