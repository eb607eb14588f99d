import { hubError, type CounterpartError } from '@counterpart/schemas';
import type {
  Caller,
  JsonMembers,
  RawReply,
  RelayReply,
  RelayRequest,
  RelaySink,
  RelayTicket,
  ProgressToken,
  Told,
  ToolCall,
  Upstream,
} from '../../kernel/ports.ts';
import { principalOf } from '../../kernel/audit/principal.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import { answerOf, faultAnswer, isFailed, type Answer } from '../wire/answer.ts';
import { faultOf, type Fault } from '../wire/fault.ts';
import { answerInputs, inputRequestOf, MAX_INPUT_ROUNDS, type InputRequest } from './input-rounds.ts';
import type { Asking, Passage, Target } from './passage.ts';
import type { ToolGate } from './tool-gate.ts';
import { passesLevel } from '../wire/log-level.ts';
import { bytesOnOneLine, utf8Wire } from '../wire/frame.ts';
import { notificationFrame, resultFrame } from '../wire/message.ts';
import { asItIs, wrapPassing } from '../wire/non-object-value.ts';
import { urlQuestions } from './url-elicitations.ts';
import { isAnswer } from '../wire/modern-members.ts';
import type { OpenAnswer } from '../wire/reply-channel.ts';

/** Forwards a request and carries back everything that belongs to it. Cancelling after the answer does nothing. */
export function relay(gate: ToolGate, target: Target, request: RelayRequest, passage: Passage): RelayTicket {
  const course = new Course(gate, target, request, passage);
  course.forward(request);
  return course;
}

class Course implements RelaySink, Asking {
  readonly caller: Caller;
  readonly request: RelayRequest;
  lacking: Fault | undefined;
  onEnd: (() => void) | undefined;
  readonly #gate: ToolGate;
  readonly #upstream: Upstream;
  readonly #call: ToolCall | undefined;
  #passage: Passage;
  /** False while the client thinks about a question. */
  #attached = true;
  /** The result, when it came before the client did. */
  #kept: RelayReply | undefined;
  /** Set while a long result passes as it comes. */
  #passing: OpenAnswer | undefined;
  /** Set once a second request of the client took the call over. */
  #token: { readonly value: ProgressToken | undefined } | undefined;
  /** Kept for retries: only a legacy caller needs the hub to answer a modern server's questions. */
  readonly #again: RelayRequest | undefined;
  #ticket: RelayTicket | undefined;
  #rounds = 0;
  #ended = false;
  #giveUp: AbortController | undefined;

  constructor(gate: ToolGate, target: Target, request: RelayRequest, passage: Passage) {
    this.#gate = gate;
    this.#upstream = target.upstream;
    this.#call = target.called && toolCall(target.called, request, passage);
    this.#passage = passage;
    this.request = request;
    this.caller = passage.caller;
    this.#again = passage.caller.era === 'legacy' ? request : undefined;
  }

  get server(): string {
    return this.#upstream.id;
  }

  get passage(): Passage {
    return this.#passage;
  }

  get hasClient(): boolean {
    return this.#attached && !this.#ended;
  }

  recheck(): CounterpartError | undefined {
    return this.#call && this.#gate.recheck(this.#call);
  }

  forward(request: RelayRequest): void {
    this.#ticket = this.#gate.forward(this.#upstream, request, this, this.#call);
  }

  /** Only what needs no look at the whole: no question or task, nothing to be cut or renamed, no client that may be sent away meanwhile. */
  begin(head: RawReply): ((part: Buffer) => void) | undefined {
    const { channel, budget, edit } = this.#passage;
    if (!this.hasClient || this.lacking || this.onEnd || budget || edit) return undefined;
    if (head.era === 'modern' && !isAnswer(head)) return undefined;
    const isForOlder = head.era === 'modern' && this.caller.era === 'legacy' && this.#call !== undefined;
    const wrap = isForOlder ? wrapPassing(head.frame) : asItIs;
    if (!wrap) return undefined;
    const passing = channel.begin?.(this.#answer(head).wire);
    this.#passing = passing;
    return passing && ((part) => passing.write(bytesOnOneLine(wrap(part))));
  }

  settle(reply: RelayReply): void {
    if (this.#ended) return;
    if (this.#passing) return this.#passed(this.#passing, reply);
    const inputs = this.#again && inputRequestOf(reply);
    if (inputs) {
      void this.#nextRound(inputs);
      return;
    }
    if (!this.#attached) {
      this.#kept = reply;
      return;
    }
    const { channel, budget } = this.#passage;
    const { wire, status } = this.#answer(reply);
    this.#end();
    if (budget) channel.finish(budget.cut(wire) ?? wire, status);
    else channel.finish(wire, status, reply.kind === 'frame' ? reply.spent : undefined);
  }

  #passed(passing: OpenAnswer, reply: RelayReply): void {
    this.#end();
    if (reply.kind === 'frame') passing.end(reply.spent);
    else this.#passage.channel.drop();
  }

  #answer(reply: RelayReply): Answer {
    const { idText, caller, edit, refused, metaText } = this.#passage;
    if (this.lacking && isFailed(reply)) return faultAnswer(this.lacking, idText);
    const asked = urlQuestions(reply, caller, metaText);
    if (asked === undefined)
      return answerOf(reply, { idText, method: this.request.method, era: caller.era, edit, refused });
    return typeof asked === 'string'
      ? { wire: utf8Wire(resultFrame(idText, asked)), status: 200 }
      : faultAnswer(asked, idText);
  }

  notify(method: string, params: JsonMembers): void {
    if (!this.hasClient || (method === 'notifications/message' && !this.#wantsLog(params))) return;
    const told =
      this.#token && method === 'notifications/progress' ? retold(params, this.#token.value) : params;
    if (told) this.#passage.channel.send(notificationFrame(method, told));
  }

  ask(method: string, params: JsonMembers, signal: AbortSignal, told?: Told): Promise<JsonMembers> {
    return this.#passage.ask({ method, params, told }, signal, this);
  }

  detach(resultText: string): void {
    const { idText, channel, done } = this.#passage;
    this.#attached = false;
    done();
    channel.finish(utf8Wire(resultFrame(idText, resultText)));
  }

  attach(passage: Passage, token: ProgressToken | undefined): void {
    this.#passage = passage;
    this.#attached = true;
    this.#token = { value: token };
    if (this.#kept) this.settle(this.#kept);
  }

  cancel(reason?: string): void {
    if (this.#ended) return;
    this.#end();
    this.#giveUp?.abort();
    this.#ticket?.cancel(reason);
    if (this.#attached) this.#passage.channel.drop();
  }

  async #nextRound(inputs: InputRequest): Promise<void> {
    this.#giveUp ??= new AbortController();
    const { signal } = this.#giveUp;
    try {
      if (++this.#rounds > MAX_INPUT_ROUNDS)
        throw hubError('UPSTREAM_PROTOCOL', {
          server: this.#upstream.id,
          detail: 'it asks for input again and again',
        });
      const answers = await answerInputs(inputs, (method, params) => this.ask(method, params, signal));
      if (this.#ended || !this.#again) return;
      this.forward({ ...this.#again, params: { ...this.#again.params, ...answers } });
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** The client did not answer a question, or the server asked too often. */
  #fail(thrown: unknown): void {
    if (this.#ended) return;
    const fault =
      thrown instanceof RpcFailure
        ? { code: thrown.code, message: thrown.message, status: 200 }
        : faultOf(thrown);
    const { wire, status } = faultAnswer(fault, this.#passage.idText);
    this.#end();
    this.#passage.channel.finish(wire, status);
  }

  /** A modern client gets logs only when its request names a level, a legacy one that named none gets all. */
  #wantsLog(params: JsonMembers): boolean {
    const { logLevel, era } = this.#passage.caller;
    return logLevel === undefined ? era === 'legacy' : passesLevel(params['level'], logLevel);
  }

  #end(): void {
    this.#ended = true;
    if (this.#attached) this.#passage.done();
    this.onEnd?.();
  }
}

const toolCall = (
  { route, via }: NonNullable<Target['called']>,
  { params }: RelayRequest,
  { caller, view }: Passage,
): ToolCall => ({ route, via, caller, view, principal: principalOf(view), arguments: params['arguments'] });

/** Progress under the token of the request that waits now; undefined when that one wants none. */
const retold = (params: JsonMembers, progressToken: ProgressToken | undefined): JsonMembers | undefined =>
  progressToken === undefined ? undefined : { ...params, progressToken };
