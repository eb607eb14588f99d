import { decisionIntent } from '../../../orchestrator/understanding/intents/decision-intent.ts';
import type { ChatApi, PendingApproval } from '../../api/rooms/chat-api.ts';
import { pretty } from './screen/call-log.ts';
import { harmless, harmlessLine } from '../../output/text/harmless.ts';

/** What a line typed at an open approval comes to: something to say, or something that was shown. */
export type ApprovalOutcome =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'shown'; readonly text: string };

/** Columns for what is typed. */
const ANSWER = 8;
const YES = /^(?:y|yes|ok|j|ja|o|oui|s|si|sí|sim|д|да)[.!]?$/iu;
const NO = /^(?:n|no|nein|non|não|nee|нет)[.!]?$/iu;
const SHOW = /^(?:show|args|arguments|\?|details?|zeig|voir)$/iu;

/** Whether a line says yes to what is asked. */
export function isYes(line: string): boolean {
  const asked = { id: 'asked', names: [], isAsked: true };
  return YES.test(line.trim()) || decisionIntent(line, [asked])?.decision === 'approve';
}

/**
 * The calls that the last answer asked to be approved. A yes or no is sent with their id, so that it decides on these and on
 * nothing else; what is shown of them is what the hub keeps, not what the answer said.
 */
export class OpenApproval {
  readonly #calls: readonly PendingApproval[];

  constructor(waiting: readonly PendingApproval[]) {
    this.#calls = waiting.slice(-1);
  }

  /** The question, without names where there is little room for an answer beside them. */
  promptFor(columns: number): string {
    const names = this.#calls.flatMap(({ calls }) => calls.map(({ tool }) => harmlessLine(tool)));
    const what = names.length > 2 ? `these ${names.length} calls` : names.join(' and ');
    const whole = `Do ${what}? [y]es, [n]o, show > `;
    return whole.length + ANSWER <= columns ? whole : 'Do it? [y]es, [n]o, show > ';
  }

  get #id(): string {
    return this.#calls[0]?.id ?? '';
  }

  /** Anything but a yes, a no or a wish to see them is a message of its own, after which they wait no longer. */
  async take(line: string, chat: Pick<ChatApi, 'pending'>): Promise<ApprovalOutcome> {
    const typed = line.trim();
    if (YES.test(typed)) return { kind: 'say', text: `approve ${this.#id}` };
    if (NO.test(typed)) return { kind: 'say', text: `reject ${this.#id}` };
    if (!SHOW.test(typed)) return { kind: 'say', text: line };
    const kept = (await chat.pending()).find(({ id }) => id === this.#id);
    return { kind: 'shown', text: kept === undefined ? GONE : argumentsOf(kept) };
  }
}

const GONE = 'It waits no longer: it was decided on elsewhere.';

const argumentsOf = ({ calls }: PendingApproval): string =>
  calls
    .map(({ tool, arguments: given }) => `${harmlessLine(tool)}\n${harmless(pretty(JSON.stringify(given)))}`)
    .join('\n');
