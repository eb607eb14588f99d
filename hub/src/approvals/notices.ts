import type { DefinitionNotice, ToolDefinition } from '@counterpart/schemas';
import { isMembers } from '../kernel/protocol/members.ts';
import { hiddenCharacters } from './visible.ts';

/** Ways of speaking to the model behind the user's back. A match is a reason to read, not a verdict. */
const SUSPICIOUS: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'tells the model to disregard what it was told',
    /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|earlier|above|other|system|all)\b[^.\n]{0,30}\b(?:instruction|prompt|rule|message|guideline|tool)/i,
  ],
  [
    'asks for silence towards the user',
    /\b(?:do not|don['’]t|never|without)\b[^.\n]{0,30}\b(?:tell|telling|mention|mentioning|inform|informing|reveal|show|notify|notifying|alert|ask|asking)\b[^.\n]{0,25}\b(?:user|human|person|anyone|them)\b/i,
  ],
  ['marks text as an order', /<\/?\s*(?:important|system|secret|instructions?|hidden|admin|assistant)\s*>/i],
  [
    'names files that hold secrets',
    /(?:id_rsa|id_ed25519|~?\/\.ssh\b|\.aws\/credentials|\/etc\/(?:passwd|shadow)|\.cursor\/mcp\.json|claude_desktop_config)/i,
  ],
  [
    'asks for what was said or set elsewhere',
    /\b(?:include|send|pass|append|provide|copy|forward)\b[^.\n]{0,40}\b(?:system prompt|conversation (?:history|so far)|chat history|previous messages|environment variables|api keys?|credentials)\b/i,
  ],
  [
    'says how other tools are to be used',
    /\b(?:before|instead of|whenever|after)\s+(?:using|calling|you (?:use|call))\s+(?:any|every|all|the)\s+other\s+tools?\b/i,
  ],
];

const MOST_NOTICES = 20;
const found = new WeakMap<ToolDefinition, readonly DefinitionNotice[]>();

/** What a person should read in a definition before a model does: characters nobody sees, words that steer. Bounded. */
export function noticesOf(tool: ToolDefinition): readonly DefinitionNotice[] {
  const before = found.get(tool);
  if (before) return before;
  const notices = textsOf(tool, '').flatMap(noticesOfText).slice(0, MOST_NOTICES);
  found.set(tool, notices);
  return notices;
}

interface Text {
  readonly where: string;
  readonly text: string;
}

function noticesOfText({ where, text }: Text): DefinitionNotice[] {
  const hidden = hiddenCharacters(text);
  const words = SUSPICIOUS.flatMap(([what, pattern]): DefinitionNotice[] => {
    const match = pattern.exec(text)?.[0];
    return match === undefined ? [] : [{ where, kind: 'suspicious-words', detail: `${what}: “${match}”` }];
  });
  if (hidden.length === 0) return words;
  const detail = `holds characters that nobody sees: ${hidden.join(', ')}`;
  return [{ where, kind: 'hidden-characters', detail }, ...words];
}

/** All texts of a JSON value with their places; the names of members are texts, too. */
function textsOf(value: unknown, where: string): Text[] {
  if (typeof value === 'string') return [{ where, text: value }];
  if (Array.isArray(value)) return value.flatMap((part, at) => textsOf(part, `${where}[${at}]`));
  if (!isMembers(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const place = where === '' ? key : `${where}.${key}`;
    const named = hiddenCharacters(key).length > 0 ? [{ where: `the name of ${place}`, text: key }] : [];
    return [...named, ...textsOf(part, place)];
  });
}
