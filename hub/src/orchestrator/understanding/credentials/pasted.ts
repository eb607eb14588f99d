import type { ChatItem } from '../../../kernel/ports.ts';
import { textOf } from '../text-of.ts';
import { CREDENTIAL, NAMED_CREDENTIAL } from './shapes.ts';

/** What stands where a pasted credential stood, in whatever is kept and in whatever a model is told. */
export const REMOVED = '[secret removed]';

/** How an answer asks for secrets that are entered elsewhere: after it, a message that is one odd word is taken for one. */
export const NEVER_HERE = 'Never write them here';

const KNOWN = new RegExp(CREDENTIAL, 'g');
const NAMED = new RegExp(`(${NAMED_CREDENTIAL.source.replace('["\']?(?=', '["\']?)((?=')})`, 'gi');
/** `my token is …`, `Bearer …`: words that also mean other things, so that what follows has to look like a credential. */
const LIKELY =
  /(\b(?:key|token|secret|bearer|schlüssel|clé|clave|chiave|chave|sleutel|ключ|токен|密钥|キー)["']?(?:\s*(?:is|ist|est|es|è|é|are|[:=：])|\s)\s*["'`]?)((?=[\w.+/=~-]*\d)(?=[\w.+/=~-]*[a-z])(?![\da-f]{8}-[\da-f]{4}-)[\w.+/=~-]{16,})/giu;
/** A word of letters and digits that no dictionary has, which no address and no id of a build or an approval is. */
const ODD_WORD =
  /(?<![\w/.-])(?!https?:|b-[0-9a-z]{10}(?![\w-])|ap-)(?=[\w.+/=~-]*\d)(?=[\w.+/=~-]*[a-z])\w[\w.+/=~-]{9,}/giu;

/** A person's words without the credentials in them; `isAsked`: the answer before asked for secrets. Linear in its length. */
export function withoutCredentials(text: string, isAsked = false): string {
  const cleaned = text
    .replace(KNOWN, REMOVED)
    .replace(NAMED, (_, before: string) => before + REMOVED)
    .replace(LIKELY, (_, before: string) => before + REMOVED);
  return isAsked ? cleaned.replace(ODD_WORD, REMOVED) : cleaned;
}

/** Items with the credentials taken out of what people said; `before` is the answer that the first item follows. */
export function withoutPastedCredentials(items: readonly ChatItem[], before = ''): ChatItem[] {
  let answer = before;
  return items.map((item) => {
    if (item.type !== 'message') return item;
    if (item.role === 'assistant') answer = textOf(item);
    if (item.role !== 'user') return item;
    const isAsked = answer.includes(NEVER_HERE);
    const content = item.content.map((part) =>
      part.type === 'text' ? { ...part, text: withoutCredentials(part.text, isAsked) } : part,
    );
    return { ...item, content };
  });
}

/** The last thing that was said by the hub or a model; empty when nothing was. */
export function lastAnswer(items: readonly ChatItem[]): string {
  const answer = items.findLast((item) => item.type === 'message' && item.role === 'assistant');
  return answer === undefined ? '' : textOf(answer);
}
