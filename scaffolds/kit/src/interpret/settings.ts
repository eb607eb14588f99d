import { maxResultBytesName, timeoutName, UNDER_HUB_NAME } from '../compile/credentials/env-names.ts';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import {
  DEFAULT_RESULT_BYTES,
  DEFAULT_TIMEOUT_MS,
  LARGEST_ANSWER_BYTES,
  RESULT_BYTES_UNDER_HUB,
} from '../http/limits.ts';

const LONGEST_TIMEOUT_MS = 3_600_000;

/** A positive whole number from the environment, at most `most`. Throws ToolFailure for anything else that is set. */
function setting(env: Env, name: string, { usual, most }: { usual: number; most: number }): number {
  const text = env(name);
  if (text === undefined) return usual;
  if (!/^[1-9]\d{0,11}$/.test(text)) throw new ToolFailure(`${name}: expected a positive whole number.`);
  return Math.min(Number(text), most);
}

/** Largest answer that is passed on whole, in bytes. Throws ToolFailure for a setting that is no number. */
export function resultBytes(env: Env, id: string): number {
  const usual = env(UNDER_HUB_NAME) === undefined ? DEFAULT_RESULT_BYTES : RESULT_BYTES_UNDER_HUB;
  return setting(env, maxResultBytesName(id), { usual, most: LARGEST_ANSWER_BYTES });
}

/** Longest wait for one answer of the service. Throws ToolFailure for a setting that is no number. */
export const timeoutMs = (env: Env, id: string): number =>
  setting(env, timeoutName(id), { usual: DEFAULT_TIMEOUT_MS, most: LONGEST_TIMEOUT_MS });

/** True in a process that the hub started. */
export const isUnderHub = (env: Env): boolean => env(UNDER_HUB_NAME) !== undefined;
