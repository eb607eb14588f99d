import { CounterpartError, toRpcError } from '@counterpart/schemas';
import type { Era, JsonMembers, Told } from '../../kernel/ports.ts';
import { membersOf } from '../../kernel/protocol/members.ts';
import type { Exchange } from './exchange.ts';
import { RpcFailure } from '../rpc-failure.ts';

/** Method of a legacy server's question → capability the asked client must have declared. */
const QUESTIONS = new Map([
  ['elicitation/create', 'elicitation'],
  ['sampling/createMessage', 'sampling'],
  ['roots/list', 'roots'],
]);
const MOST_OPEN = 64;

/** Notifications that MCP itself has: each goes its own way. */
const STANDARD =
  /^notifications\/(?:initialized|progress|message|cancelled|(?:tools|prompts|resources|roots|tasks|elicitation|subscriptions)(?:\/(?:list_changed|updated|status|complete|acknowledged))?)$/;

export const isStandard = (method: string): boolean => STANDARD.test(method);

interface OpenQuestion {
  readonly exchange: Exchange;
  readonly controller: AbortController;
}

export interface Question {
  /** JSON text. */
  readonly idText: string;
  readonly method: string;
  readonly params: JsonMembers;
}

/**
 * Requests that a legacy server sends. On a shared pipe a question names no call, so it reaches a client only when there is
 * no doubt whom it is for: the call whose stream it came on, the only call running, or calls that are all of one caller.
 */
export class ServerQuestions {
  readonly #send: (text: string) => void;
  readonly #open = new Map<string, OpenQuestion>();

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  /** Answers a question, or passes it to the client of the one call it can belong to. */
  receive(question: Question, candidates: readonly Exchange[], era: Era | undefined): void {
    if (question.method === 'ping') return this.#answer(question.idText, {});
    const capability = QUESTIONS.get(question.method);
    const exchange = era === 'modern' ? undefined : unambiguous(candidates);
    // What a modern client lacks it is told itself, so its call hears of every question (2026-07-28, basic: -32021).
    const askable =
      capability !== undefined &&
      (exchange?.caller?.era === 'modern' || exchange?.caller?.capabilities[capability] !== undefined);
    if (!askable || !exchange || this.#open.size >= MOST_OPEN || this.#open.has(question.idText)) {
      return this.#refuse(question.idText, {
        code: -32601,
        message: `No client can be asked ${question.method} here`,
      });
    }
    void this.#ask(question, exchange);
  }

  /** Tells a notification of the server's own making, such as pieces of a result, to the client of the one call it can belong to. */
  tell(method: string, params: JsonMembers, candidates: readonly Exchange[]): void {
    unambiguous(candidates)?.sink?.notify(method, params);
  }

  /** The server takes its question back. */
  withdraw(idText: string): void {
    this.#open.get(idText)?.controller.abort();
    this.#open.delete(idText);
  }

  /** The call ended: nobody is asked on its behalf any more. */
  drop(exchange: Exchange): void {
    for (const [idText, open] of this.#open) if (open.exchange === exchange) this.withdraw(idText);
  }

  async #ask(question: Question, exchange: Exchange): Promise<void> {
    const controller = new AbortController();
    this.#open.set(question.idText, { exchange, controller });
    const { timing } = exchange;
    // A person may be thinking: only the hard cap runs meanwhile.
    timing.due = timing.cap;
    try {
      const { method, params } = question;
      const result = await exchange.sink?.ask(method, params, controller.signal, this.#told(question));
      if (this.#open.has(question.idText)) this.#answer(question.idText, result ?? {});
    } catch (thrown) {
      if (this.#open.has(question.idText)) this.#refuse(question.idText, refusal(thrown));
    } finally {
      this.#open.delete(question.idText);
    }
  }

  /** Passes the client's progress on under the server's own token, as long as the question is open. */
  #told({ idText, params }: Question): Told | undefined {
    const { progressToken } = membersOf(params['_meta']);
    if (progressToken === undefined) return undefined;
    return (told) => {
      const frame = { jsonrpc: '2.0', method: 'notifications/progress', params: { ...told, progressToken } };
      if (this.#open.has(idText)) this.#send(JSON.stringify(frame));
    };
  }

  #answer(idText: string, result: JsonMembers): void {
    this.#send(`{"jsonrpc":"2.0","id":${idText},"result":${JSON.stringify(result)}}`);
  }

  #refuse(idText: string, error: JsonMembers): void {
    this.#send(`{"jsonrpc":"2.0","id":${idText},"error":${JSON.stringify(error)}}`);
  }
}

/** The newest call, if all candidates are of one caller. */
function unambiguous(candidates: readonly Exchange[]): Exchange | undefined {
  const newest = candidates.at(-1);
  return candidates.every((exchange) => exchange.caller === newest?.caller) ? newest : undefined;
}

function refusal(thrown: unknown): JsonMembers {
  if (thrown instanceof RpcFailure) {
    return {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.data === undefined ? {} : { data: thrown.data }),
    };
  }
  if (thrown instanceof CounterpartError) return toRpcError(thrown);
  return { code: -32603, message: 'The client could not be asked' };
}
