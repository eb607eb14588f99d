import { parseToolCalls } from '../../understanding/parse-tool-calls.ts';
import type { ChatTool } from '../../../kernel/ports.ts';
import type { RecoveredCall } from '../../understanding/parse-tool-calls.ts';
import type { Turn, WrittenCall } from './ask-model.ts';
import type { Toolbox } from '../tools/toolbox.ts';

/**
 * The calls of an answer, also those that a model wrote as text; `text` is the rest, `unshown` what of it nobody saw yet.
 * A call that stands in what a tool returned (`outputs`) is quoted: only a model's own are made.
 */
export function recoverCalls(
  { text, held, calls, decision }: Turn,
  toolbox: Toolbox,
  outputs: readonly string[],
): { readonly calls: readonly WrittenCall[]; readonly text: string; readonly unshown: string } {
  if (held === '') return { calls, text, unshown: '' };
  const { offered } = toolbox;
  const parsed = parseToolCalls(held, offered);
  const quoted = new Set(outputs.flatMap((output) => callsIn(output, offered)));
  const own = parsed.calls.filter((call) => !quoted.has(keyOf(call)));
  // Ids as unlike as those of providers: outputs of several rounds stand in one conversation.
  const recovered = own.map(({ name, arguments: input }, at) => ({
    callId: `call_${decision.id.slice(-8)}_${toolbox.nextNumber()}_${at}`,
    name,
    arguments: input,
  }));
  const unshown = recovered.length > 0 ? parsed.text.trim() : held;
  return { calls: [...calls, ...recovered], text: text + unshown, unshown };
}

const keyOf = ({ name, arguments: input }: RecoveredCall): string => `${name} ${input}`;

/** Calls that a tool's result holds, as text or inside of a text of JSON. */
const callsIn = (output: string, offered: readonly ChatTool[]): string[] =>
  [output, unescaped(output)].flatMap((text) => parseToolCalls(text, offered).calls.map(keyOf));

const unescaped = (text: string): string =>
  text.replace(/\\(["\\/n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
