import type { ChatItem, ChatTool } from '../../../kernel/ports.ts';
import { clarifyingQuestion, ungroundedArguments } from '../../understanding/grounding.ts';
import type { ReadCall } from './call-tools.ts';
import { textOf } from '../../understanding/text-of.ts';

/** What becomes of a call whose arguments nobody told: a word to the model, or a question to the person. */
export type Grounding = { readonly tell: string } | { readonly ask: string } | undefined;

/**
 * Keeps guesses out of calls. A model that leaves a required argument open is told so once; then the person is asked. In a
 * question that needs several tools, where a wrong place makes the whole answer wrong, the person is asked at once, also
 * about what a model made up.
 */
export class GroundingGuard {
  readonly #told = new Set<string>();
  readonly #known: readonly string[];

  /** `known`: what aliases and memory say. */
  constructor(known: readonly string[]) {
    this.#known = known;
  }

  check(call: ReadCall, tool: ChatTool, items: readonly ChatItem[], isPlanned: boolean): Grounding {
    const { missing, invented } = ungroundedArguments(tool, call.input, {
      sentences: items.flatMap((item) =>
        item.type === 'message' && item.role === 'user' ? [textOf(item)] : [],
      ),
      known: [
        ...this.#known,
        ...items.flatMap((item) => (item.type === 'function_call_output' ? [item.output] : [])),
      ],
    });
    const open = isPlanned ? [...missing, ...invented] : missing;
    if (open.length === 0) return undefined;
    if (isPlanned || this.#told.has(call.name)) return { ask: clarifyingQuestion(tool, open) };
    this.#told.add(call.name);
    return {
      tell: `Error: ${call.name} needs ${open.join(', ')}. Find it out with another tool, or ask the person one short question.`,
    };
  }
}
