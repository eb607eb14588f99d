import { randomBytes } from 'node:crypto';
import { isMembers } from '../../../kernel/protocol/members.ts';
import type { GenerationEvent } from '../../../kernel/ports.ts';

interface OpenCall {
  /** In the order in which calls began: ours, whatever the provider counts. */
  readonly index: number;
  readonly givenId: string;
  readonly callId: string;
  name: string;
  /** Came before the name. */
  held: string;
  isTold: boolean;
  written: string;
}

/**
 * Puts the tool calls of an answer in order. Providers leave out ids or the index, give every call the same index, or give
 * arguments as an object: what comes out has one index and one id for each call, and JSON text. The id is ours, and cannot be
 * guessed: local models call every first call `call_0`, and what is kept by id would be another conversation's.
 */
export class CallParts {
  #calls: OpenCall[] = [];
  readonly #byGivenIndex = new Map<number, OpenCall>();
  /** Told of each call's id with what the provider wants to see again beside it. */
  readonly #keep: (callId: string, delta: unknown) => void;

  constructor(keep: (callId: string, delta: unknown) => void = () => undefined) {
    this.#keep = keep;
  }

  get count(): number {
    return this.#calls.length;
  }

  push(delta: unknown, events: GenerationEvent[]): void {
    if (!isMembers(delta)) return;
    const { name: givenName, arguments: given } = isMembers(delta['function']) ? delta['function'] : delta;
    const name = typeof givenName === 'string' ? givenName : '';
    const id = typeof delta['id'] === 'string' ? delta['id'] : '';
    const text = typeof given === 'string' ? given : isMembers(given) ? JSON.stringify(given) : '';
    const call = this.#find(delta['index'], id, { name, text });
    if (call.name === '') call.name = name;
    this.#keep(call.callId, delta);
    call.written += text;
    if (call.isTold) {
      if (text !== '') events.push({ type: 'call', index: call.index, delta: text });
      return;
    }
    call.held += text;
    if (call.name !== '') tell(call, events);
  }

  /** Calls whose name never came. */
  end(events: GenerationEvent[]): void {
    for (const call of this.#calls) if (!call.isTold) tell(call, events);
  }

  #find(
    index: unknown,
    id: string,
    { name, text }: { readonly name: string; readonly text: string },
  ): OpenCall {
    const known = typeof index === 'number' ? this.#byGivenIndex.get(index) : this.#calls.at(-1);
    // Some say the name again with every piece, the last of which is empty.
    const isAgain = typeof index === 'number' && text === '' && name === known?.name;
    const isNew =
      known === undefined ||
      (id !== '' && known.givenId !== '' && id !== known.givenId) ||
      (name !== '' && id === '' && isWholeJson(known.written) && !isAgain);
    if (!isNew) return known;
    const call: OpenCall = {
      index: this.#calls.length,
      givenId: id,
      callId: `call_${randomBytes(12).toString('hex')}`,
      name: '',
      held: '',
      isTold: false,
      written: '',
    };
    this.#calls.push(call);
    if (typeof index === 'number') this.#byGivenIndex.set(index, call);
    return call;
  }
}

function tell(call: OpenCall, events: GenerationEvent[]): void {
  const { index, callId, name, held: delta } = call;
  call.isTold = true;
  events.push({ type: 'call', index, callId, name, delta });
}

function isWholeJson(text: string): boolean {
  if (!text.trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
