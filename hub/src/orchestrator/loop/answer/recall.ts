import type { ChatItem, ChatTool, RouteDecision, RunRequest, ToolRoute } from '../../../kernel/ports.ts';
import type { CacheSeat, FoundAnswer } from '../../cache/answer-cache.ts';
import { textOf } from '../../understanding/text-of.ts';
import type { ChatRoom } from '../room.ts';

/** What one run knows when it may look for an answer that was given before. */
export interface RecallOptions {
  readonly request: RunRequest;
  readonly items: readonly ChatItem[];
  readonly system: ChatItem;
  readonly tools: readonly ChatTool[];
  readonly decision: RouteDecision;
}

/** The cache of answers, as one run meets it: what the run does decides whether its answer may be given again. */
export class Recall {
  readonly #seat: CacheSeat;
  readonly #model: string;
  #mayKeep = true;

  private constructor(seat: CacheSeat, model: string) {
    this.#seat = seat;
    this.#model = model;
  }

  /** Undefined: this question is not for the cache. */
  static of(room: ChatRoom, { request, items, system, tools, decision }: RecallOptions): Recall | undefined {
    const last = items.at(-1);
    const { needs } = decision.classification;
    if (request.cache === false || last?.type !== 'message' || last.role !== 'user') return undefined;
    // What is sensitive is not written down once more; samples are asked for to be different.
    if (needs.local || needs.images || (request.samples ?? 1) > 1) return undefined;
    const place = {
      organisation: room.organisation,
      principal: request.principal,
      model: decision.model,
      system,
      tools,
      settings: request.settings ?? {},
      before: items.slice(0, -1),
    };
    const model = room.generations.models().find(({ id }) => id === decision.model);
    const seat = room.cache.look(place, textOf(last), model);
    return seat && new Recall(seat, decision.model);
  }

  find(signal: AbortSignal): Promise<FoundAnswer | undefined> {
    return this.#seat.find(signal);
  }

  /** A tool was called: what it did is not done by giving the answer again, and what it read may have changed. */
  called(route: ToolRoute | undefined): void {
    this.#mayKeep &&= this.#seat.allowsReads && route?.effect === 'read';
  }

  /** The answer stands, as this model gave it: that of one that took over is another answer. */
  keep(text: string, model: string): void {
    if (this.#mayKeep && model === this.#model && text.trim() !== '') this.#seat.keep(text);
  }
}
