import { hubError, type Effect } from '@counterpart/schemas';
import { parseExactJson } from '@counterpart/schemas/exact-json';
import { didYouMean } from '../../../kernel/nearest.ts';
import { isMembers } from '../../../kernel/protocol/members.ts';
import type { JsonMembers, RunEvent } from '../../../kernel/ports.ts';
import type { WrittenCall } from '../answer/ask-model.ts';
import { failureText, resultText } from './result-text.ts';
import type { ChatRoom } from '../room.ts';
import type { Toolbox } from './toolbox.ts';

/** A call that was read: its arguments are an object, or what is wrong with it stands in `problem`. */
export interface ReadCall extends WrittenCall {
  readonly input: JsonMembers;
  readonly problem?: string | undefined;
}

/** What a call came to, as the model is told. */
export interface CallResult {
  readonly callId: string;
  readonly name: string;
  readonly output: string;
  readonly isError: boolean;
  readonly durationMs: number;
}

export interface Calling {
  readonly room: ChatRoom;
  readonly toolbox: Toolbox;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

const SHOWN = 2_000;
/** Of a call's arguments. */
const LOGGED = 500;
/** The same call this often is answered with a word to the model instead, and then ends the run. */
const TOLD_AT = 3;
const ENDED_AT = 5;

/** Reads what a model wrote for arguments; empty text is an empty object. */
export function readCall(call: WrittenCall): ReadCall {
  if (call.arguments.trim() === '') return { ...call, input: {} };
  try {
    const input = parseExactJson(call.arguments);
    if (isMembers(input)) return { ...call, input };
    return { ...call, input: {}, problem: 'Error: the arguments must be a JSON object.' };
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return {
      ...call,
      input: {},
      problem: `Error: the arguments are not JSON: ${detail}. Call again with valid JSON.`,
    };
  }
}

const STRENGTH: readonly Effect[] = ['read', 'write', 'destructive'];

/** Whether a person must be asked before a tool of this effect is called. */
export function needsApproval(effect: Effect, from: 'destructive' | 'write' | 'never'): boolean {
  return from !== 'never' && STRENGTH.indexOf(effect) >= STRENGTH.indexOf(from);
}

/** How often each call was made in a run. */
export class Repetitions {
  readonly #counts = new Map<string, number>();

  /** Counts one; a word for the model when it was made too often. Throws CHAT_REPEATED when words do not help. */
  count({ name, input }: ReadCall): string | undefined {
    const key = JSON.stringify([name, input]);
    const times = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, times);
    if (times >= ENDED_AT) throw hubError('CHAT_REPEATED', { tool: name, times });
    if (times < TOLD_AT) return undefined;
    return `You have made this very call ${times - 1} times and have its result. Do not make it again: answer with what you know.`;
  }
}

/** Makes calls side by side, at most so many at once; the results in the order of the calls. An abort rejects. */
export async function makeCalls(calls: readonly ReadCall[], calling: Calling): Promise<CallResult[]> {
  const results: CallResult[] = [];
  const waiting = [...calls.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, call] = next;
      results[at] = await makeCall(call, calling);
    }
  };
  const { parallelCalls } = calling.room.config();
  await Promise.all(Array.from({ length: Math.min(parallelCalls, calls.length) }, worker));
  return results;
}

async function makeCall(call: ReadCall, calling: Calling): Promise<CallResult> {
  const { room, emit, signal } = calling;
  const { callId, name } = call;
  const began = room.clock.now();
  emit({ type: 'tool-started', callId, name, arguments: call.arguments });
  const { output, isError } = await answerOf(call, calling);
  signal.throwIfAborted();
  const durationMs = room.clock.now() - began;
  emit({ type: 'tool-ended', callId, name, isError, text: output.slice(0, SHOWN), durationMs });
  const shown = room.clean(call.arguments.slice(0, LOGGED));
  room.log.info({ tool: name, arguments: shown, isError, durationMs }, 'a chat called a tool');
  return { callId, name, output, isError, durationMs };
}

async function answerOf(
  { name, input, problem }: ReadCall,
  { room, toolbox, signal }: Calling,
): Promise<Pick<CallResult, 'output' | 'isError'>> {
  if (problem !== undefined) return { output: problem, isError: true };
  if (toolbox.isFind(name)) {
    const query = typeof input['query'] === 'string' ? input['query'] : '';
    return { output: await toolbox.find(query), isError: false };
  }
  const { view } = toolbox;
  if (view === undefined || toolbox.route(name) === undefined)
    return { output: unknownToolText(name, toolbox), isError: true };
  const { callTimeoutMs: timeoutMs, resultTokens } = room.config();
  try {
    const result = await room.calls.call({
      view,
      tool: name,
      arguments: input,
      via: 'chat',
      exact: true,
      signal,
      timeoutMs,
    });
    return { output: room.clean(resultText(result, resultTokens)), isError: result['isError'] === true };
  } catch (cause) {
    signal.throwIfAborted();
    return { output: room.clean(failureText(cause)), isError: true };
  }
}

const unknownToolText = (name: string, { offered }: Toolbox): string => {
  const names = offered.map((tool) => tool.name);
  return `Error: there is no tool ${name}.${didYouMean(name, names)} You have: ${names.join(', ')}.`;
};
