import { isMembers, membersOf } from '../../kernel/protocol/members.ts';
import type { ChatTool, JsonMembers } from '../../kernel/ports.ts';
import { takesPlace } from './entities.ts';
import { plainWords } from './plain-text.ts';

/** What a model may know an argument from. */
export interface GroundingSources {
  /** What the person said, in this conversation. */
  readonly sentences: readonly string[];
  /** Outputs of tools, and what aliases and memory say. */
  readonly known: readonly string[];
}

/** Required arguments of a call that nobody told. */
export interface Ungrounded {
  /** Absent, empty or a placeholder. */
  readonly missing: readonly string[];
  /** Ids, addresses and places that stand nowhere in the conversation. */
  readonly invented: readonly string[];
}

const PLACEHOLDER =
  /^(?:<[^>]*>|\{\{?[^}]*\}?\}|\[[^\]]*\]|\$\{?\w+\}?|(?:your|my|the|some|insert|enter|example)[_ -][\w -]{0,40}|string|unknown|n\/?a|none|null|undefined|todo|tbd|placeholder|x{3,}|\?+|\.{2,}|(?:current|user)[_ ](?:user|location|id)|user@example\.com|example)$/i;

/** Words that a model finds itself: what is searched, said, named. */
const COMPOSED =
  /text|content|message|body|description|query|search|title|name|subject|summary|comment|note|prompt|question|reason|label|filter|sql|code|expression|caption|format|unit|lang|currency|sort|order|color|colour|fields?$/i;

const IDENTIFIER = /^(?=.*\d)[\w.:@/-]{6,}$/;
const ADDRESS = /^\S+@\S+\.\S+$|^https?:\/\//i;
const RELATIVE =
  /\b(?:today|tonight|tomorrow|yesterday|now|next|last|this|in \d+|ago|week|weekend|month|year|day|monday|tuesday|wednesday|thursday|friday|saturday|sunday|heute|morgen|gestern|jetzt|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|woche|aujourd hui|demain|hier|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|hoy|manana|ayer|lunes|martes|miercoles|jueves|viernes|sabado|domingo|oggi|domani|hoje|amanha|vandaag|when|until|since|soon|january|february|march|april|may|june|july|august|september|october|november|december)\b|今天|明天|今日|明日|сегодня|завтра/u;

/** Tells which required arguments of a call were not given by anybody. Optional ones are the model's own choice. */
export function ungroundedArguments(
  { parameters }: Pick<ChatTool, 'parameters'>,
  given: JsonMembers,
  sources: GroundingSources,
): Ungrounded {
  const required = Array.isArray(parameters['required']) ? parameters['required'].map(String) : [];
  const properties = membersOf(parameters['properties']);
  const told = ` ${plainWords([...sources.sentences, ...sources.known].join(' \n '))} `;
  const missing: string[] = [];
  const invented: string[] = [];
  for (const name of required) {
    const schema = membersOf(properties[name]);
    if ('const' in schema || 'default' in schema) continue;
    const value = given[name];
    if (isMembers(value) && isMembers(schema['properties'])) {
      const inner = ungroundedArguments({ parameters: schema }, value, sources);
      missing.push(...inner.missing.map((part) => `${name}.${part}`));
      invented.push(...inner.invented.map((part) => `${name}.${part}`));
    } else if (isMissing(value)) missing.push(name);
    else if (typeof value === 'string' && isInvented({ name, value, schema, told })) invented.push(name);
  }
  return { missing, invented };
}

const isMissing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && (value.trim() === '' || PLACEHOLDER.test(value.trim())));

interface Judged {
  readonly name: string;
  readonly value: string;
  readonly schema: JsonMembers;
  readonly told: string;
}

function isInvented({ name, value, schema, told }: Judged): boolean {
  if (Array.isArray(schema['enum']) || value.length > 300) return false;
  const isDate = /^\d{4}-\d\d-\d\d/.test(value);
  if (isDate) return !RELATIVE.test(told) && !/\d/.test(told);
  const isTold = told.includes(` ${plainWords(value)} `) || told.includes(plainWords(value));
  if (isTold) return false;
  if (ADDRESS.test(value)) return true;
  if (takesPlace(name)) return !hasWordOf(value, told);
  if (COMPOSED.test(name)) return false;
  return IDENTIFIER.test(value);
}

const hasWordOf = (value: string, told: string): boolean =>
  plainWords(value)
    .split(' ')
    .some((word) => word.length > 2 && told.includes(` ${word} `));

/** One question for all that is missing, in the words of the tool's parameters. */
export function clarifyingQuestion(
  { name, parameters }: Pick<ChatTool, 'name' | 'parameters'>,
  asked: readonly string[],
): string {
  const described = asked.slice(0, MOST_ASKED).map((path) => describe(parameters, path.split('.')));
  const list =
    described.length < 2
      ? (described[0] ?? 'more')
      : `${described.slice(0, -1).join(', ')} and ${described.at(-1) ?? ''}`;
  return `To use ${name} I need ${list}. What should it be?`;
}

/** More questions at once nobody answers. */
const MOST_ASKED = 4;

function describe(parameters: JsonMembers, path: readonly string[]): string {
  let schema: JsonMembers = parameters;
  for (const part of path) schema = membersOf(membersOf(schema['properties'])[part]);
  const label = (path.at(-1) ?? '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  const values = Array.isArray(schema['enum']) ? schema['enum'].slice(0, 6).map(String) : [];
  if (values.length > 0) return `the ${label} (${values.join(', ')})`;
  const said =
    typeof schema['description'] === 'string' ? (/^[^.\n]{3,80}/.exec(schema['description'])?.[0] ?? '') : '';
  return said === '' || plainWords(said) === plainWords(label)
    ? `the ${label}`
    : `the ${label} (${said.trim()})`;
}
