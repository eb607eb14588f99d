import { hubError, type CounterpartError } from '@counterpart/schemas';
import { principalOf } from '../../kernel/audit/principal.ts';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { isMembers, membersOf, parseJson } from '../../kernel/protocol/members.ts';
import type {
  Caller,
  Catalog,
  JsonMembers,
  RelayReply,
  RelayRequest,
  RelaySink,
  RelayTicket,
  ToolCall,
  ToolCallRequest,
  ToolCalls,
  ToolRoute,
} from '../../kernel/ports.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import { answerInputs, inputRequestOf, MAX_INPUT_ROUNDS, type InputRequest } from './input-rounds.ts';
import { unknownView } from '../../kernel/tools/unknown-view.ts';
import { unknownTool } from '../../kernel/tools/unknown-tool.ts';
import type { ToolGate } from './tool-gate.ts';
import { codes } from '../wire/fault.ts';

/** A caller that declares nothing: no server may ask it anything. */
const UNASKABLE: Caller = { era: 'modern', capabilities: {} };

/** Calls of tools for surfaces that are not MCP, by the same catalog and through the same gate. */
export function createToolCalls(catalog: Catalog, gate: ToolGate): ToolCalls {
  return {
    async call(request) {
      const route = findRoute(catalog, request);
      const { signal } = request;
      signal?.throwIfAborted();
      return new Promise((resolve, reject) => {
        const course = new DirectCourse(gate, request, route, { resolve, reject });
        const onAbort = (): void => course.abort(signal?.reason);
        signal?.addEventListener('abort', onAbort, { once: true });
        course.onEnd = () => signal?.removeEventListener('abort', onAbort);
        course.send();
      });
    },
  };
}

function findRoute(catalog: Catalog, { view: selector, tool }: ToolCallRequest): ToolRoute {
  const view = catalog.view(selector);
  if (!view) throw unknownView(selector);
  const route = view.tool(tool);
  if (!route) throw unknownTool(view, tool);
  return route;
}

interface Settling {
  readonly resolve: (result: JsonMembers) => void;
  readonly reject: (reason: unknown) => void;
}

/** One call from within the hub: its answer is read, not passed on. */
class DirectCourse implements RelaySink {
  readonly caller: Caller;
  onEnd: (() => void) | undefined;
  readonly #gate: ToolGate;
  readonly #request: ToolCallRequest;
  readonly #call: ToolCall;
  readonly #settling: Settling;
  readonly #giveUp = new AbortController();
  #ticket: RelayTicket | undefined;
  #rounds = 0;
  #ended = false;
  /** What the server wanted to know and nobody answers. */
  #unanswered: string | undefined;

  constructor(gate: ToolGate, request: ToolCallRequest, route: ToolRoute, settling: Settling) {
    const { caller = UNASKABLE, via, view } = request;
    this.caller = caller;
    this.#gate = gate;
    this.#request = request;
    this.#settling = settling;
    this.#call = { route, via, view, caller, principal: principalOf(view), arguments: request.arguments };
  }

  /** Sends the call; `answers` are those to the questions that its last answer held. */
  send(answers: JsonMembers = {}): void {
    const { arguments: args, progress, timeoutMs } = this.#request;
    const { route } = this.#call;
    const params = { name: route.name, ...(args === undefined ? {} : { arguments: args }), ...answers };
    const request: RelayRequest = {
      method: 'tools/call',
      params,
      ...(progress ? { progressToken: 'progress' } : {}),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    this.#ticket = this.#gate.forward(route.upstream, request, this, this.#call);
  }

  settle(reply: RelayReply): void {
    if (this.#ended) return;
    const inputs = inputRequestOf(reply);
    if (inputs) {
      void this.#nextRound(inputs);
      return;
    }
    if (reply.kind === 'failure') return this.#fail(reply.error);
    const parsed = parseJson(reply.frame, this.#request.exact === true ? parseExact : JSON.parse);
    const { error, result } = membersOf(parsed?.value);
    const failed = isMembers(error) || (isMembers(result) && result['isError'] === true);
    if (failed && this.#unanswered !== undefined) return this.#fail(this.#asksBack(this.#unanswered));
    if (isMembers(error)) return this.#fail(new RpcFailure(error));
    if (!isMembers(result)) return this.#fail(this.#broken('its answer has no result'));
    this.#end();
    this.#settling.resolve(result);
  }

  notify(method: string, params: JsonMembers): void {
    if (!this.#ended && method === 'notifications/progress') this.#request.progress?.(params);
  }

  async ask(method: string, params: JsonMembers, signal: AbortSignal): Promise<JsonMembers> {
    if (this.#request.ask) return this.#request.ask(method, params, signal);
    this.#unanswered = method;
    throw new RpcFailure({ code: codes.methodNotFound, message: `nobody can be asked for ${method} here` });
  }

  abort(reason: unknown): void {
    if (this.#ended) return;
    this.#giveUp.abort(reason);
    this.#ticket?.cancel();
    this.#fail(reason);
  }

  async #nextRound(inputs: InputRequest): Promise<void> {
    const { signal } = this.#giveUp;
    try {
      const { ask } = this.#request;
      const [first] = inputs.questions.values();
      if (!ask) throw this.#asksBack(first?.method ?? 'more input');
      if (++this.#rounds > MAX_INPUT_ROUNDS) throw this.#broken('it asks for input again and again');
      const answers = await answerInputs(inputs, (method, params) => ask(method, params, signal));
      if (!this.#ended) this.send(answers);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #asksBack(detail: string): CounterpartError {
    return hubError('INPUT_REQUIRED', { tool: this.#call.route.hubName, detail });
  }

  #broken(detail: string): CounterpartError {
    return hubError('UPSTREAM_PROTOCOL', { server: this.#call.route.server, detail });
  }

  #fail(reason: unknown): void {
    if (this.#ended) return;
    this.#end();
    this.#settling.reject(reason);
  }

  #end(): void {
    this.#ended = true;
    this.onEnd?.();
  }
}
