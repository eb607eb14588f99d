import {
  hubError,
  type Json,
  type PromptArgument,
  type PromptMessage,
  type PromptTemplate,
} from '@counterpart/schemas';
import { didYouMean } from '../kernel/nearest.ts';

/** `{{name}}`, or with a backslash before it what is meant literally. */
const VARIABLE = /\\?\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

/** Names of the variables in a text, each once. */
export const variablesOf = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(VARIABLE)].flatMap(([whole, name]) => (whole.startsWith('\\') ? [] : [name ?? ''])),
  ),
];

/**
 * Puts arguments into the messages of a template. What is put in is never read for variables again. Throws PROMPT_ARGUMENT
 * naming all that is missing, unknown or of another type.
 */
export function renderTemplate(
  name: string,
  template: PromptTemplate,
  given: Readonly<Record<string, Json>>,
): PromptMessage[] {
  const values = valuesOf(name, template, given);
  return template.messages.map(({ role, content }) => ({
    role,
    content: content.replace(VARIABLE, (whole: string, variable: string) =>
      whole.startsWith('\\') ? whole.slice(1) : (values.get(variable) ?? ''),
    ),
  }));
}

/** Whether somebody has to give it. */
export const isRequired = ({ required, default: preset }: PromptArgument): boolean =>
  required ?? preset === undefined;

function valuesOf(
  name: string,
  { arguments: known }: PromptTemplate,
  given: Readonly<Record<string, Json>>,
): ReadonlyMap<string, string> {
  const problems: string[] = [];
  for (const key of Object.keys(given))
    if (!Object.hasOwn(known, key))
      problems.push(`there is no argument ${key}.${didYouMean(key, Object.keys(known))}`.replace(/\.$/, ''));
  const values = new Map<string, string>();
  for (const [key, argument] of Object.entries(known)) {
    const value = (Object.hasOwn(given, key) ? given[key] : undefined) ?? argument.default;
    if (value === undefined || value === null) {
      if (isRequired(argument)) problems.push(`${key} is missing`);
      continue;
    }
    const problem = misfit(argument, value);
    if (problem !== undefined) problems.push(`${key} ${problem}`);
    values.set(key, typeof value === 'string' ? value : JSON.stringify(value));
  }
  if (problems.length > 0) throw hubError('PROMPT_ARGUMENT', { name, detail: `${problems.join('; ')}.` });
  return values;
}

/** What is wrong with a value; text is read as the type, as clients give text for everything. */
export function misfit({ type, enum: choices }: PromptArgument, value: Json): string | undefined {
  const read = typeof value === 'string' && type !== 'string' ? parsed(value) : value;
  if (!isOf(type, read)) return `has to be ${type === 'array' ? 'a list' : `of the type ${type}`}`;
  if (choices !== undefined && !(typeof value === 'string' && choices.includes(value)))
    return `has to be one of ${choices.join(', ')}`;
  return undefined;
}

function isOf(type: PromptArgument['type'], value: unknown): boolean {
  switch (type) {
    case 'string':
      // Flows give what they have: anything can be written out.
      return true;
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
