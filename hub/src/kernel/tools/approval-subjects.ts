import type { ToolDefinition } from '@counterpart/schemas';
import type { JsonMembers, UpstreamLists } from '../ports.ts';

const LONGEST_NAME = 120;
const CONTROL = /\p{Cc}/gu;

/** The name under which a server's instructions are approved. */
export const INSTRUCTIONS = 'instructions:';

const subjects = new WeakMap<JsonMembers, ToolDefinition>();

/** A prompt in the form in which definitions are approved: `prompt:` before its name, all its other members as they are. */
export function promptSubject(prompt: JsonMembers): ToolDefinition {
  const before = subjects.get(prompt);
  if (before) return before;
  const name = String(prompt['name']).replace(CONTROL, ' ').slice(0, LONGEST_NAME);
  const subject: ToolDefinition = { ...prompt, name: `prompt:${name}`, inputSchema: { type: 'object' } };
  subjects.set(prompt, subject);
  return subject;
}

/** What a server says to models in its handshake; having said nothing is a definition, too, so that words are a change. */
export const instructionsSubject = (text: string | undefined): ToolDefinition => ({
  name: INSTRUCTIONS,
  description: text ?? '',
  inputSchema: { type: 'object' },
});

/** All that a model is told by a server: its tools, its prompts and its instructions, each to be approved. */
export const subjectsOf = (
  { tools, prompts }: Pick<UpstreamLists, 'tools' | 'prompts'>,
  instructions: string | undefined,
): readonly ToolDefinition[] => [...tools, ...prompts.map(promptSubject), instructionsSubject(instructions)];
