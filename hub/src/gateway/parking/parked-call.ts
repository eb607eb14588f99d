import type { Clock } from '../../kernel/clock.ts';
import type { JsonMembers, ProgressToken } from '../../kernel/ports.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import { asModern } from '../relay/url-elicitations.ts';
import type { Asking, Passage } from '../relay/passage.ts';

/** A question that comes within this time of the one before belongs to its round, */
const BREATH_MS = 30;
/** which is put to the client no later than this after its first: a server on a busy machine speaks slowly. */
const LONGEST_BREATH_MS = 150;

/** A server's question as the client gets it. */
export interface InputQuestion {
  readonly method: string;
  readonly params: JsonMembers;
}

interface OpenQuestion extends InputQuestion {
  readonly answer: (result: JsonMembers) => void;
  readonly refuse: (why: string) => void;
}

export interface ParkedCallOptions {
  readonly clock: Clock;
  readonly metaText: string;
  /** How long the client may take for one round. */
  readonly answerMs: number;
  /** The sealed state of a round. */
  readonly seal: (round: number, expires: number) => string;
}

/** One call and the questions of its server, from the first question to the end of the call. */
export class ParkedCall {
  readonly course: Asking;
  readonly #options: ParkedCallOptions;
  readonly #questions = new Map<string, OpenQuestion>();
  #asked = 0;
  #round = 0;
  #stopDue: (() => void) | undefined;
  /** When the round at hand is put to the client at the latest. */
  #dueAt = 0;
  #stopTimer: (() => void) | undefined;

  constructor(course: Asking, options: ParkedCallOptions) {
    this.course = course;
    this.#options = options;
  }

  /** Whether it waits for the answers of this round. */
  isAt(round: number): boolean {
    return this.#round === round && !this.course.hasClient;
  }

  ask({ method, params }: InputQuestion, signal: AbortSignal): Promise<JsonMembers> {
    this.#asked += 1;
    const key = `${method.slice(0, method.indexOf('/'))}-${this.#asked}`;
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        this.#questions.delete(key);
        outcome();
      };
      const refuse = (message: string): void =>
        settle(() => reject(new RpcFailure({ code: -32603, message })));
      this.#questions.set(key, { method, params, refuse, answer: (result) => settle(() => resolve(result)) });
      signal.addEventListener('abort', () => refuse('the question was taken back'), { once: true });
      this.#parkSoon();
    });
  }

  /** The client is back: its answers go to the server, and what it left unanswered is asked again. */
  resume(
    passage: Passage,
    token: ProgressToken | undefined,
    responses: Readonly<Record<string, JsonMembers>>,
  ): void {
    this.#stopTimer?.();
    this.course.attach(passage, token);
    for (const [key, response] of Object.entries(responses)) this.#questions.get(key)?.answer(response);
    this.#parkSoon();
  }

  /** Nobody will answer any more: the server is told so, and then that its call is given up. */
  giveUp(why: string): void {
    for (const { refuse } of this.#questions.values()) refuse(why);
    // The refusal of a question must be on its way before the end of its call makes it pointless.
    setImmediate(() => this.course.cancel(why));
  }

  /** The call ended. */
  over(): void {
    this.#stopTimer?.();
    this.#stopDue?.();
    for (const { refuse } of this.#questions.values()) refuse('the call ended');
  }

  /** A server that asks several things at once writes them one after the other; they should be one round all the same. */
  #parkSoon(): void {
    const { clock } = this.#options;
    const now = clock.now();
    if (this.#stopDue) this.#stopDue();
    else this.#dueAt = now + LONGEST_BREATH_MS;
    this.#stopDue = clock.after(Math.min(BREATH_MS, Math.max(0, this.#dueAt - now)), () => {
      this.#stopDue = undefined;
      if (this.#questions.size > 0 && this.course.hasClient) this.#park();
    });
  }

  #park(): void {
    const { clock, answerMs, metaText, seal } = this.#options;
    this.#round += 1;
    const inputRequests = Object.fromEntries(
      [...this.#questions].map(([key, { method, params }]) => [key, { method, params: asModern(params) }]),
    );
    const said = { inputRequests, requestState: seal(this.#round, clock.now() + answerMs) };
    this.#stopTimer = clock.after(answerMs, () => this.giveUp('the client took too long to answer'));
    this.course.detach(
      `{"resultType":"input_required",${JSON.stringify(said).slice(1, -1)},"_meta":${metaText}}`,
    );
  }
}
