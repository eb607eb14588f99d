import { parseToolCalls } from '../../understanding/parse-tool-calls.ts';
import type { Turn, WrittenCall } from './ask-model.ts';
import type { Toolbox } from '../tools/toolbox.ts';

/** The calls of an answer, also those that a model wrote as text; `text` is the rest, `unshown` what of it nobody saw yet. */
export function recoverCalls(
  { text, held, calls, decision }: Turn,
  toolbox: Toolbox,
): { readonly calls: readonly WrittenCall[]; readonly text: string; readonly unshown: string } {
  if (held === '') return { calls, text, unshown: '' };
  const parsed = parseToolCalls(held, toolbox.offered);
  // Ids as unlike as those of providers: outputs of several rounds stand in one conversation.
  const recovered = parsed.calls.map(({ name, arguments: input }, at) => ({
    callId: `call_${decision.id.slice(-8)}_${toolbox.nextNumber()}_${at}`,
    name,
    arguments: input,
  }));
  const unshown = recovered.length > 0 ? parsed.text.trim() : held;
  return { calls: [...calls, ...recovered], text: text + unshown, unshown };
}
