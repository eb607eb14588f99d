import { hubError, toCounterpartError } from '@counterpart/schemas';
import { hear } from '../../../kernel/async/event-queue.ts';
import type {
  ChatItem,
  GenerationEvent,
  GenerationFinish,
  GenerationRequest,
  ModelInfo,
  RouteDecision,
  RunEvent,
} from '../../../kernel/ports.ts';
import { costOf, type Budget } from '../budget.ts';
import { said } from '../prompt.ts';
import type { ChatRoom } from '../room.ts';
import { asTextItems } from './text-tools.ts';
import { TextGate } from './text-gate.ts';

/** A call as a model wrote it. */
export interface WrittenCall {
  readonly callId: string;
  readonly name: string;
  /** JSON text, not validated. */
  readonly arguments: string;
}

/** What one question to a model came to. */
export interface Turn {
  readonly decision: RouteDecision;
  readonly text: string;
  /** Text that may be a call of a tool: nobody was shown it yet. */
  readonly held: string;
  readonly calls: readonly WrittenCall[];
  readonly finish: GenerationFinish;
}

export interface Asking {
  readonly room: Pick<ChatRoom, 'clock' | 'log' | 'generations' | 'router'>;
  readonly budget: Budget;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

const FREE = { input: 0, output: 0 };

/**
 * Asks the model of a decision, and the next ones where it fails. What was shown of an answer that broke off stays, and the
 * next model goes on from there. Throws the last model's error when none is left.
 */
export async function askModel(
  request: GenerationRequest,
  decision: RouteDecision,
  asking: Asking,
): Promise<Turn> {
  const { room, emit, signal } = asking;
  let chosen = decision;
  let shown = '';
  for (;;) {
    const leave = await room.router.admit(chosen, signal);
    const turn = new TurnReader(chosen, asking);
    try {
      const items = shown === '' ? request.items : [...request.items, ...goOn(shown)];
      await turn.read({ ...request, items });
      const whole = turn.result();
      return { ...whole, text: shown + whole.text };
    } catch (cause) {
      signal.throwIfAborted();
      const failure = toCounterpartError(cause);
      turn.failed();
      const next = room.router.next(chosen, failure);
      if (next === undefined) throw failure;
      room.log.warn(
        { model: chosen.model, next: next.model, code: failure.code },
        'a model failed; another one goes on',
      );
      shown += turn.shown;
      chosen = next;
      emit({ type: 'routed', decision: next });
    } finally {
      leave();
    }
  }
}

const goOn = (shown: string): ChatItem[] => [
  said('assistant', shown),
  said('developer', 'Your answer broke off there. Go on exactly where it ends, without repeating anything.'),
];

/** Reads one answer, shows it as it comes and tells the router how it went. */
class TurnReader {
  shown = '';
  readonly #decision: RouteDecision;
  readonly #asking: Asking;
  readonly #info: ModelInfo | undefined;
  readonly #gate: TextGate;
  readonly #calls = new Map<number, { callId: string; name: string; arguments: string }>();
  readonly #began: number;
  #firstTokenMs: number | undefined;
  #end: Extract<GenerationEvent, { type: 'end' }> | undefined;

  constructor(decision: RouteDecision, asking: Asking) {
    this.#decision = decision;
    this.#asking = asking;
    this.#info = asking.room.generations.models().find(({ id }) => id === decision.model);
    this.#began = asking.room.clock.now();
    this.#gate = new TextGate(this.#info?.takesTools ?? true, (delta) => {
      this.shown += delta;
      asking.emit({ type: 'text', delta });
    });
  }

  async read(request: GenerationRequest): Promise<void> {
    const { room, signal } = this.#asking;
    const takesTools = this.#info?.takesTools ?? true;
    const asked = takesTools ? request : asTextItems(request);
    const answer = room.generations.generate(asked, { model: this.#decision.model, signal });
    await hear(answer, (event) => {
      this.#take(event);
    });
    if (this.#end === undefined)
      throw hubError('MODEL_UNREACHABLE', { model: this.#decision.model, detail: 'its answer broke off' });
    this.#observe('ok');
  }

  failed(): void {
    this.#observe('failed');
  }

  result(): Turn {
    return {
      decision: this.#decision,
      text: this.shown,
      held: this.#gate.take(),
      calls: [...this.#calls.values()],
      finish: this.#end?.finish ?? 'stop',
    };
  }

  #take(event: GenerationEvent): void {
    this.#firstTokenMs ??= this.#asking.room.clock.now() - this.#began;
    switch (event.type) {
      case 'text':
        if (event.delta !== '') this.#gate.write(event.delta);
        return;
      case 'reasoning':
      case 'refusal':
        return this.#asking.emit(event);
      case 'call':
        return this.#takeCall(event);
      case 'end':
        this.#end = event;
        this.#asking.budget.add(event.usage, this.#info?.price ?? FREE);
        if (event.citations !== undefined) this.#asking.emit({ type: 'sources', urls: event.citations });
    }
  }

  #takeCall({ index, callId, name, delta }: Extract<GenerationEvent, { type: 'call' }>): void {
    const call = this.#calls.get(index) ?? { callId: '', name: '', arguments: '' };
    if (callId !== undefined) call.callId = callId;
    if (name !== undefined) call.name = name;
    call.arguments += delta;
    this.#calls.set(index, call);
  }

  #observe(outcome: 'ok' | 'failed'): void {
    const { room } = this.#asking;
    const usage = this.#end?.usage ?? { input: 0, output: 0 };
    room.router.observe(this.#decision, {
      model: this.#decision.model,
      outcome,
      firstTokenMs: this.#firstTokenMs,
      durationMs: room.clock.now() - this.#began,
      usage,
      costUsd: costOf(usage, this.#info?.price ?? FREE),
      toolCalls: [],
    });
  }
}
