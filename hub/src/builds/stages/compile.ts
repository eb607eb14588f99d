import { fileURLToPath } from 'node:url';
import { errorCatalogue, hubError, type ErrorCode } from '@counterpart/schemas';
import type { z } from 'zod';
import { CompileAnswer, type Compiled, type CompileOrder } from './compile-process.ts';
import { runNode } from './run/run-node.ts';

const PROGRAM = fileURLToPath(new URL('./compile-process.ts', import.meta.url));
const LIMITS = { timeoutMs: 120_000, heapMb: 2_048 };
const SHOWN = 400;

const isCode = (code: string): code is ErrorCode => code in errorCatalogue;

/** Compiles a description into a candidate, apart from the hub. Rejects with what the compiler says, and BUILD_FAILED. */
export async function compileCandidate(
  order: CompileOrder,
  signal: AbortSignal,
): Promise<z.infer<typeof Compiled>> {
  const { stdout, stderr } = await runNode([PROGRAM, JSON.stringify(order)], { ...LIMITS, signal });
  const answer = CompileAnswer.safeParse(parse(stdout.trim().split('\n').at(-1) ?? ''));
  if (!answer.success) {
    const detail = stderr.trim().slice(-SHOWN) || 'the compiler ended without a word';
    throw hubError('BUILD_FAILED', { server: order.name ?? order.from, stage: 'compile', detail });
  }
  const { data } = answer;
  if (!('code' in data)) return data;
  throw hubError(isCode(data.code) ? data.code : 'INTERNAL', data.params);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
