import { hubError, type CounterpartError } from '@counterpart/schemas';
import { seenBy } from '../../kernel/audit/principal.ts';
import type {
  ChatItem,
  GenerationFinish,
  GenerationSettings,
  RouteDecision,
  RunEvent,
  RunRequest,
  ViewSelector,
} from '../../kernel/ports.ts';
import { Added } from './answer/added.ts';
import { askModel, type Turn, type WrittenCall } from './answer/ask-model.ts';
import { answerAboutBuild } from './building/answer-build.ts';
import { ASKED, NOT_ASKED } from './building/words.ts';
import { isMostlyRemoved, pastedWords } from './building/pasted-words.ts';
import { Budget } from './budget.ts';
import type { FoundAnswer } from '../cache/answer-cache.ts';
import { CallDesk } from './tools/call-desk.ts';
import { readCall, type ReadCall } from './tools/call-tools.ts';
import type { Interludes } from './interludes.ts';
import { said, systemItem } from './prompt.ts';
import { REMOVED } from '../understanding/credentials/pasted.ts';
import { textOf } from '../understanding/text-of.ts';
import { answerByRules, needsModel, RULES_MODEL } from './answer/by-rules.ts';
import { askSamples } from './answer/samples.ts';
import { newId } from '../../kernel/ids.ts';
import { readableResult } from './answer/readable-result.ts';
import { Recall } from './answer/recall.ts';
import { recoverCalls } from './answer/recover-calls.ts';
import type { ChatRoom } from './room.ts';
import { isOfTools, openCalls } from './tools/open-calls.ts';
import { questionOf, Toolbox } from './tools/toolbox.ts';
import { ToolPlanWatch } from './tools/tool-plan-watch.ts';
import { askForApproval, interruptedOutput, notDone, refusedOutput } from './words.ts';

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
  readonly #added: Added;
  readonly #items: readonly ChatItem[];
  readonly #desk: CallDesk;
  readonly #began: number;
  #decision: RouteDecision | undefined;
  #agreement: number | undefined;
  #recall: Recall | undefined;
  #cached: FoundAnswer['match'] | undefined;
  /** That answers where no decision is made. */
  #model: string | undefined;

  constructor(request: RunRequest, options: RunOptions) {
    this.#request = request;
    this.#added = new Added(options.emit);
    this.#options = { ...options, emit: this.#added.emit };
    this.#began = options.room.clock.now();
    this.#items = options.interludes.restore(request.principal, request.items);
    const { view = EVERYTHING, principal } = request;
    const seen = view === 'none' ? view : seenBy(view, principal);
    this.#toolbox = new Toolbox(options.room.shelf, seen, request.tools ?? []);
    this.#desk = new CallDesk({ ...options, toolbox: this.#toolbox });
    const { parallelToolCalls } = request.settings ?? {};
    this.budget = new Budget(options.room.config(), { ...request.limits, parallelToolCalls });
  }

  /** Works until the answer stands; `end` was told then. An abort rejects. */
  async work(resumed?: Resumed): Promise<void> {
    const { room, signal } = this.#options;
    if (resumed === undefined && (this.#pasted() || (await this.#build()))) return this.#end('stop');
    const question = questionOf(this.#items);
    await this.#toolbox.fill(question, room.config().toolTokens);
    const plan = ToolPlanWatch.open(question, this.#toolbox, room.config().plans);
    const outputs = resumed ? await this.#decided(resumed, plan) : [];
    if (room.generations.models().length === 0) return await this.#byRules(outputs, plan);
    await this.#decide();
    const system = await this.#system();
    if (await this.#recalled(system, resumed)) return;
    for (;;) {
      signal.throwIfAborted();
      const spent = this.budget.spent;
      if (spent) return this.fail(spent);
      const turn = await this.#ask(system);
      const { calls, mayCall } = this.#take(turn);
      if (calls.length > 0) {
        if (await this.#answer(calls, plan)) return;
        continue;
      }
      const reminder = mayCall ? plan.reminder() : undefined;
      if (reminder === undefined) return this.#finish(turn);
      this.#added.add(said('developer', reminder));
    }
  }

  /** Takes up what a model said; the calls are those that may be made. */
  #take(turn: Turn): { readonly calls: readonly WrittenCall[]; readonly mayCall: boolean } {
    const { calls, text, unshown } = recoverCalls(turn, this.#toolbox, this.#outputs());
    if (unshown !== '') this.#options.emit({ type: 'text', delta: unshown });
    if (text !== '') this.#added.add(said('assistant', text));
    const mayCall = this.#choice !== 'none' && this.budget.hasCalls;
    return { calls: mayCall ? this.budget.takeCalls(calls) : [], mayCall };
  }

  /** What tools have returned in this conversation. */
  #outputs(): string[] {
    return [...this.#items, ...this.#added.items].flatMap((item) =>
      item.type === 'function_call_output' ? [item.output] : [],
    );
  }

  #finish({ finish, decision }: Turn): void {
    if (ASKED.test(this.#added.lastText)) this.#added.say(NOT_ASKED);
    if (finish === 'stop' && this.#added.items.length > 0)
      this.#recall?.keep(this.#added.lastText, decision.model);
    this.#end(finish === 'tool_calls' ? 'stop' : finish);
  }

  /** Ends with what went wrong; told in the answer as well, unless that is all there would be of it. */
  fail(problem: CounterpartError): void {
    this.#added.breakOff(interruptedOutput);
    if (this.#added.items.length === 0) return this.#end('stop', problem);
    this.#added.say(`\n\nI have to stop here: ${problem.words}`);
    this.#end('stop', problem);
  }

  /** Builds are spoken of without a model, and by words that mean nothing else. */
  async #build(): Promise<boolean> {
    const { room, signal } = this.#options;
    const question = this.#said();
    if (question === undefined || this.#request.view === 'none') return false;
    return await answerAboutBuild({
      builds: room.builds(this.#request.principal),
      question,
      answers: this.#answers(),
      hasModel: room.generations.models().length > 0,
      say: (text) => this.#added.say(text),
      signal,
    });
  }

  /** What a person just said; undefined where something else is to be answered. */
  #said(): string | undefined {
    const last = this.#items.at(-1);
    return last?.type === 'message' && last.role === 'user' ? textOf(last) : undefined;
  }

  #answers(): string[] {
    return this.#items.filter((item) => item.type === 'message' && item.role === 'assistant').map(textOf);
  }

  /** A credential that was pasted is told of; true when nothing else was said. */
  #pasted(): boolean {
    const said = this.#said();
    if (said === undefined || !said.includes(REMOVED)) return false;
    this.#added.say(pastedWords(this.#answers().at(-1) ?? ''));
    return isMostlyRemoved(said);
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

  /** Where no model is: rules find the tool and its arguments, and the result is shown as it is. */
  async #byRules(outputs: readonly string[], plan: ToolPlanWatch): Promise<void> {
    const { room } = this.#options;
    this.#model = RULES_MODEL;
    const { view } = this.#toolbox;
    if (view === undefined || needsModel(this.#request)) return this.fail(hubError('MODEL_NONE'));
    if (outputs.length === 0) {
      const today = new Date(room.clock.now());
      const answer = await answerByRules(this.#items, { shelf: room.shelf, view, today });
      if (answer.kind !== 'call') {
        this.#added.say(answer.text);
        return this.#end('stop');
      }
      const written = { callId: newId(), name: answer.tool, arguments: JSON.stringify(answer.arguments) };
      const { hub: ready } = this.#desk.read([written]);
      if (answer.needsConfirmation && room.config().approve !== 'never')
        return await this.#waitForApproval(ready);
      outputs = await this.#make(ready, plan);
    }
    this.#added.say(outputs.map(readableResult).join('\n\n'));
    this.#end('stop');
  }

  async #system(): Promise<ChatItem> {
    const { room } = this.#options;
    const { instructions, aliases } = room.config();
    return systemItem({
      today: new Date(room.clock.now()).toISOString().slice(0, 10),
      hasTools: this.#toolbox.offered.length > 0,
      memory: await room.memory(this.#request.principal),
      aliases: Object.entries(aliases).map(([name, { value }]) => [name, value] as const),
      instructions,
    });
  }

  /** Gives an answer that was given before, where there is one. */
  async #recalled(system: ChatItem, resumed: Resumed | undefined): Promise<boolean> {
    const decision = this.#decision;
    if (decision === undefined || resumed !== undefined) return false;
    const { room, signal } = this.#options;
    const [request, items, tools] = [this.#request, this.#items, this.#toolbox.offered];
    this.#recall = Recall.of(room, { request, items, system, tools, decision });
    const found = await this.#recall?.find(signal);
    if (found === undefined) return false;
    this.#cached = found.match;
    this.#added.say(found.text);
    this.#end('stop');
    return true;
  }

  async #ask(system: ChatItem): Promise<Turn> {
    const { room, emit, signal } = this.#options;
    this.budget.rounds += 1;
    const decision = this.#decision;
    if (decision === undefined) throw new Error('no model was chosen');
    const tools = this.budget.hasCalls ? this.#toolbox.offered : [];
    const request = {
      ...this.#request.settings,
      toolChoice: this.#choice,
      items: [system, ...this.#items, ...this.#added.items],
      ...(tools.length > 0 ? { tools } : {}),
      isWhole: this.#request.isWhole,
    };
    const asking = { room, budget: this.budget, emit, signal };
    const samples = this.#samples(decision);
    if (samples > 1 && this.#added.items.length === 0) {
      const { escalateBelow: minAgreement } = room.consistency();
      const { turn, agreement } = await askSamples(request, decision, { samples, minAgreement, asking });
      this.#agreement = agreement;
      this.#decision = turn.decision;
      return turn;
    }
    const turn = await askModel(request, decision, asking);
    this.#decision = turn.decision;
    return turn;
  }

  /** What was to be called has been: a model that had to go on calling would never answer. */
  get #choice(): GenerationSettings['toolChoice'] {
    const asked = this.#request.settings?.toolChoice;
    const isMet = this.#added.items.some(({ type }) => type === 'function_call');
    return isMet && asked !== undefined && asked !== 'none' ? 'auto' : asked;
  }

  #samples({ classification }: RouteDecision): number {
    const { samples, categories } = this.#options.room.consistency();
    const isMeant = categories === undefined || categories.includes(classification.category);
    return this.#request.samples ?? (isMeant ? samples : 1);
  }

  /** Calls what was called. True: the run has ended, for its caller or a person has to act. */
  async #answer(calls: readonly WrittenCall[], plan: ToolPlanWatch): Promise<boolean> {
    const { own, hub } = this.#desk.read(calls);
    const { calls: grounded, ask } = this.#desk.ground(
      hub,
      [...this.#items, ...this.#added.items],
      plan.isPlanned,
    );
    if (ask !== undefined) {
      this.#added.say(ask);
      this.#end('stop');
      return true;
    }
    const gated = grounded.filter((call) => this.#desk.isGated(call));
    await this.#make(
      grounded.filter((call) => !gated.includes(call)),
      plan,
    );
    if (gated.length > 0) {
      await this.#waitForApproval(gated);
      return true;
    }
    if (own.length === 0) return false;
    for (const call of own) this.#handOver(call);
    this.#end('tool_calls');
    return true;
  }

  async #make(calls: readonly ReadCall[], plan: ToolPlanWatch): Promise<readonly string[]> {
    const counted = this.#desk.count(calls);
    for (const call of counted) this.#added.addCall(call);
    const results = await this.#desk.make(counted);
    for (const { callId, name, output, isError } of results) {
      this.#added.add({ type: 'function_call_output', callId, output });
      plan.made({ name, isError });
      if (!this.#toolbox.isFind(name)) this.#recall?.called(this.#toolbox.route(name));
    }
    return results.map(({ output }) => output);
  }

  /** The caller's own tool: what the hub did before it is kept for when its output comes. */
  #handOver({ callId, name, arguments: text }: ReadCall): void {
    const { interludes, emit } = this.#options;
    interludes.keep(this.#request.principal, callId, this.#added.items.filter(isOfTools));
    this.#added.addCall({ callId, name, arguments: text });
    emit({ type: 'caller-call', callId, name, arguments: text });
  }

  async #waitForApproval(calls: readonly ReadCall[]): Promise<void> {
    const { room, emit } = this.#options;
    // What is made later is what was shown.
    for (const call of calls) this.#added.addCall({ ...call, arguments: JSON.stringify(call.input) });
    const { model, settings, tools, samples, limits, routing, view, conversation, principal } = this.#request;
    const kept = await room.pending.keep({
      calls: calls.map(({ callId, name, input }) => ({ callId, tool: name, arguments: input })),
      ...(conversation === undefined ? {} : { conversation }),
      principal,
      request: { model, settings, tools, samples, limits, routing, view, items: this.#items },
      added: this.#added.items,
    });
    // The calls are not part of the conversation before they have an output.
    this.#added.items.splice(this.#added.items.length - calls.length);
    emit({ type: 'approval', pending: kept });
    this.#added.say(askForApproval(kept));
    this.#end('stop');
  }

  /** Outputs of the calls that were decided on. */
  async #decided({ added, decision }: Resumed, plan: ToolPlanWatch): Promise<readonly string[]> {
    const waiting = new Set(openCalls(added));
    const open = added.filter((item) => item.type === 'function_call' && waiting.has(item.callId));
    this.#added.items.push(...added.filter((item) => !open.includes(item)));
    const calls = open.flatMap((item) => (item.type === 'function_call' ? [readCall(item)] : []));
    if (decision === 'approve') return await this.#make(calls, plan);
    for (const call of calls) {
      this.#added.addCall(call);
      this.#added.add({ type: 'function_call_output', callId: call.callId, output: refusedOutput });
    }
    return calls.map(() => notDone);
  }

  #end(finish: GenerationFinish, problem?: CounterpartError): void {
    const { emit, room } = this.#options;
    const { usage, costUsd, rounds } = this.budget;
    const model = this.#decision?.model ?? this.#model ?? this.#request.model;
    const durationMs = room.clock.now() - this.#began;
    const { calls, items } = this.#added;
    room.log.info({ model, rounds, calls, ...usage, durationMs, code: problem?.code }, 'a chat was answered');
    const [agreement, cached] = [this.#agreement, this.#cached];
    emit({ type: 'end', finish, usage, costUsd, model, rounds, items, problem, agreement, cached });
  }
}
