import type { CounterpartError } from '@counterpart/schemas';
import type {
  ChatItem,
  GenerationFinish,
  RouteDecision,
  RunEvent,
  RunRequest,
  ViewSelector,
} from '../../kernel/ports.ts';
import { askModel, type Turn, type WrittenCall } from './answer/ask-model.ts';
import { answerAboutBuild } from './building.ts';
import { Budget } from './budget.ts';
import {
  makeCalls,
  needsApproval,
  readCall,
  Repetitions,
  type Calling,
  type ReadCall,
} from './tools/call-tools.ts';
import { EntityBook } from '../understanding/entities.ts';
import { GroundingGuard } from './tools/grounding-guard.ts';
import type { Interludes } from './interludes.ts';
import { said, systemItem, textOf } from './prompt.ts';
import { recoverCalls } from './answer/recover-calls.ts';
import type { ChatRoom } from './room.ts';
import { questionOf, Toolbox } from './tools/toolbox.ts';
import { ToolPlanWatch } from './tools/tool-plan-watch.ts';
import { askForApproval, refusedOutput } from './words.ts';

const EVERYTHING: ViewSelector = { kind: 'all' };

export interface RunOptions {
  readonly room: ChatRoom;
  readonly interludes: Interludes;
  readonly emit: (event: RunEvent) => void;
  /** Aborted by the caller, or when the run's time is over. */
  readonly signal: AbortSignal;
}

/** Calls that a person has decided on, with what the run before had added. */
export interface Resumed {
  readonly added: readonly ChatItem[];
  readonly decision: 'approve' | 'reject';
}

/** One answer, from its question to its end: models are asked and tools called until nothing is left to do. */
export class Run {
  readonly budget: Budget;
  readonly #request: RunRequest;
  readonly #options: RunOptions;
  readonly #toolbox: Toolbox;
  readonly #repetitions = new Repetitions();
  readonly #added: ChatItem[] = [];
  readonly #items: readonly ChatItem[];
  readonly #entities: EntityBook;
  readonly #grounding: GroundingGuard;
  #decision: RouteDecision | undefined;

  constructor(request: RunRequest, options: RunOptions) {
    this.#request = request;
    this.#options = options;
    this.#items = options.interludes.restore(request.items);
    this.#toolbox = new Toolbox(options.room.shelf, request.view ?? EVERYTHING, request.tools ?? []);
    const aliases = Object.entries(options.room.config().aliases);
    this.#entities = new EntityBook(
      aliases.map(([key, { value, also }]) => ({ key, names: also, address: value, value })),
    );
    this.#grounding = new GroundingGuard(aliases.flatMap(([key, { value, also }]) => [key, value, ...also]));
    this.budget = new Budget(options.room.config(), request.limits);
  }

  /** Works until the answer stands; `end` was told then. An abort rejects. */
  async work(resumed?: Resumed): Promise<void> {
    const { room, signal } = this.#options;
    if (resumed === undefined && (await this.#build())) return this.#end('stop');
    const question = questionOf(this.#items);
    await this.#toolbox.fill(question, room.config().toolTokens);
    const plan = ToolPlanWatch.open(question, this.#toolbox, room.config().plans);
    if (resumed) await this.#decided(resumed, plan);
    await this.#decide();
    const system = await this.#system();
    for (;;) {
      signal.throwIfAborted();
      const spent = this.budget.spent;
      if (spent) return this.fail(spent);
      const turn = await this.#ask(system);
      const { calls, text, unshown } = recoverCalls(turn, this.#toolbox);
      if (unshown !== '') this.#options.emit({ type: 'text', delta: unshown });
      if (text !== '') this.#add(said('assistant', text));
      if (calls.length > 0) {
        if (await this.#answer(calls, plan)) return;
        continue;
      }
      const reminder = plan.reminder();
      if (reminder === undefined) return this.#end(turn.finish);
      this.#add(said('developer', reminder));
    }
  }

  /** Ends with what went wrong, told in the answer as well. */
  fail(problem: CounterpartError): void {
    const text = `${this.#added.length > 0 ? '\n\n' : ''}I have to stop here: ${problem.message} ${problem.fix}`;
    this.#say(text);
    this.#end('stop', problem);
  }

  /** Shows a text and keeps it as part of the answer. */
  #say(text: string): void {
    this.#options.emit({ type: 'text', delta: text });
    const last = this.#added.at(-1);
    const before = last?.type === 'message' && last.role === 'assistant' ? textOf(last) : undefined;
    if (before !== undefined) this.#added.pop();
    this.#add(said('assistant', before === undefined ? text.trimStart() : before + text));
  }

  /** Builds are spoken of without a model, and by words that mean nothing else. */
  async #build(): Promise<boolean> {
    const { room, signal } = this.#options;
    const last = this.#items.at(-1);
    if (last?.type !== 'message' || last.role !== 'user' || this.#request.view === 'none') return false;
    const answer = this.#items.findLast((item) => item.type === 'message' && item.role === 'assistant');
    return await answerAboutBuild({
      builds: room.builds,
      question: textOf(last),
      before: answer === undefined ? '' : textOf(answer),
      hasModel: room.generations.models().length > 0,
      say: (text) => this.#say(text),
      signal,
    });
  }

  async #decide(): Promise<void> {
    const { room, emit, signal } = this.#options;
    const { model, conversation, principal, settings, routing } = this.#request;
    const last = this.#items.at(-1);
    const question = await room.router.prepare(
      {
        asked: model,
        items: this.#items,
        toolCount: this.#toolbox.offered.length,
        principal,
        // The outputs of the caller's tools: the model that called them goes on.
        locked: last?.type === 'function_call_output',
        conversation,
        settings,
        limits: routing,
      },
      signal,
    );
    this.#decision = room.router.choose(question);
    emit({ type: 'routed', decision: this.#decision });
  }

  async #system(): Promise<ChatItem> {
    const { room } = this.#options;
    const { instructions, aliases } = room.config();
    return systemItem({
      today: new Date(room.clock.now()).toISOString().slice(0, 10),
      hasTools: this.#toolbox.offered.length > 0,
      memory: await room.memory(),
      aliases: Object.entries(aliases).map(([name, { value }]) => [name, value] as const),
      instructions,
    });
  }

  async #ask(system: ChatItem): Promise<Turn> {
    const { room, emit, signal } = this.#options;
    this.budget.rounds += 1;
    const decision = this.#decision;
    if (decision === undefined) throw new Error('no model was chosen');
    const tools = this.#toolbox.offered;
    const request = {
      ...this.#request.settings,
      items: [system, ...this.#items, ...this.#added],
      ...(tools.length > 0 ? { tools } : {}),
    };
    const turn = await askModel(request, decision, { room, budget: this.budget, emit, signal });
    this.#decision = turn.decision;
    return turn;
  }

  /** Calls what was called. True: the run has ended, for its caller or a person has to act. */
  async #answer(calls: readonly WrittenCall[], plan: ToolPlanWatch): Promise<boolean> {
    const read = calls.map(readCall);
    const own = read.filter(({ name }) => this.#toolbox.isOwn(name));
    const hub = read.filter(({ name }) => !this.#toolbox.isOwn(name)).map((call) => this.#withEntities(call));
    const checked = this.#grounded(hub, plan);
    if (checked.ask !== undefined) {
      this.#say(checked.ask);
      this.#end('stop');
      return true;
    }
    const { approve } = this.#options.room.config();
    const isGated = (call: ReadCall): boolean => {
      const route = this.#toolbox.route(call.name);
      return call.problem === undefined && route !== undefined && needsApproval(route.effect, approve);
    };
    await this.#make(
      checked.calls.filter((call) => !isGated(call)),
      plan,
    );
    const gated = checked.calls.filter((call) => isGated(call));
    if (gated.length > 0) {
      await this.#waitForApproval(gated);
      return true;
    }
    if (own.length === 0) return false;
    for (const call of own) this.#handOver(call);
    this.#end('tool_calls');
    return true;
  }

  /** Names of the owner's places and things become what tools are given for them. */
  #withEntities(call: ReadCall): ReadCall {
    return { ...call, input: this.#entities.inArguments(call.input) };
  }

  /** Calls with a word to the model where an argument was left open; `ask`: only the person can say it. */
  #grounded(
    calls: readonly ReadCall[],
    { isPlanned }: ToolPlanWatch,
  ): { readonly calls: readonly ReadCall[]; readonly ask?: string } {
    const items = [...this.#items, ...this.#added];
    const checked: ReadCall[] = [];
    for (const call of calls) {
      const tool = call.problem === undefined ? this.#toolbox.shown(call.name) : undefined;
      const found = tool && this.#grounding.check(call, tool, items, isPlanned);
      if (found && 'ask' in found) return { calls: [], ask: found.ask };
      checked.push(found ? { ...call, problem: found.tell } : call);
    }
    return { calls: checked };
  }

  async #make(calls: readonly ReadCall[], plan: ToolPlanWatch): Promise<void> {
    for (const { callId, name, arguments: text } of calls)
      this.#add({ type: 'function_call', callId, name, arguments: text });
    const words = new Map(calls.map((call) => [call.callId, this.#repetitions.count(call)]));
    const made = calls.map((call) => {
      const problem = words.get(call.callId) ?? call.problem;
      return problem === undefined ? call : { ...call, problem };
    });
    for (const { callId, name, output, isError } of await makeCalls(made, this.#calling)) {
      this.#add({ type: 'function_call_output', callId, output });
      plan.made({ name, isError });
    }
  }

  /** The caller's own tool: what the hub did before it is kept for when its output comes. */
  #handOver({ callId, name, arguments: text }: ReadCall): void {
    const { interludes, emit } = this.#options;
    interludes.keep(callId, this.#added.filter(isOfTools));
    this.#add({ type: 'function_call', callId, name, arguments: text });
    emit({ type: 'caller-call', callId, name, arguments: text });
  }

  async #waitForApproval(calls: readonly ReadCall[]): Promise<void> {
    const { room, emit } = this.#options;
    for (const { callId, name, arguments: text } of calls)
      this.#add({ type: 'function_call', callId, name, arguments: text });
    const { model, settings, tools, samples, limits, routing, view, conversation, principal } = this.#request;
    const kept = await room.pending.keep({
      calls: calls.map(({ callId, name, input }) => ({ callId, tool: name, arguments: input })),
      ...(conversation === undefined ? {} : { conversation }),
      principal,
      request: { model, settings, tools, samples, limits, routing, view, items: this.#items },
      added: this.#added,
    });
    // The calls are not part of the conversation before they have an output.
    this.#added.splice(this.#added.length - calls.length);
    emit({ type: 'approval', pending: kept });
    this.#say(askForApproval(kept));
    this.#end('stop');
  }

  async #decided({ added, decision }: Resumed, plan: ToolPlanWatch): Promise<void> {
    const outputs = new Set(
      added.flatMap((item) => (item.type === 'function_call_output' ? [item.callId] : [])),
    );
    const open = added.filter((item) => item.type === 'function_call' && !outputs.has(item.callId));
    this.#added.push(...added.filter((item) => !open.includes(item)));
    const calls = open.flatMap((item) => (item.type === 'function_call' ? [readCall(item)] : []));
    if (decision === 'approve') return await this.#make(calls, plan);
    for (const { callId, name, arguments: text } of calls) {
      this.#add({ type: 'function_call', callId, name, arguments: text });
      this.#add({ type: 'function_call_output', callId, output: refusedOutput });
    }
  }

  get #calling(): Calling {
    const { room, emit, signal } = this.#options;
    return { room, toolbox: this.#toolbox, emit, signal };
  }

  #add(item: ChatItem): void {
    this.#added.push(item);
  }

  #end(finish: GenerationFinish, problem?: CounterpartError): void {
    this.#options.emit({
      type: 'end',
      finish,
      usage: this.budget.usage,
      costUsd: this.budget.costUsd,
      model: this.#decision?.model ?? this.#request.model,
      rounds: this.budget.rounds,
      items: this.#added,
      ...(problem === undefined ? {} : { problem }),
    });
  }
}

const isOfTools = ({ type }: ChatItem): boolean =>
  type === 'function_call' || type === 'function_call_output';
