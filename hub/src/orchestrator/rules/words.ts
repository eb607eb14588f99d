import { plainText } from '../understanding/plain-text.ts';

/** Words that say nothing of the thing: of manners, of grammar, of asking. */
const EMPTY: ReadonlySet<string> = new Set(
  (
    'a an the this that these those of in on at to for from by with without into about as is are be am was were will would can could ' +
    'may might should must do does did has have had it its i me my mine we us our you your they them their and or if then than so not ' +
    'only also just very please want need like what who which whom whose when where how there here some any each every all let lets ' +
    'tell give show say now right much many few get fetch list find search look lookup see display retrieve read check view ' +
    'create add new make delete remove update change edit set called named via using use whats s t re d ll ve ' +
    'der die das ein eine einen zeig zeige mir bitte fur mit von le la les un une des moi montre el los las una muestra'
  ).split(' '),
);

const ACTIONS: readonly (readonly [action: Action, verbs: RegExp])[] = [
  [
    'delete',
    /^(?:delete|remove|erase|drop|destroy|cancel|revoke|purge|clear|losch\w*|supprime\w*|elimina\w*|borra\w*)$/,
  ],
  [
    'create',
    /^(?:create|add|new|make|insert|register|post|send|write|book|buy|purchase|order|schedule|open|upload|publish|append|invite|charge|refund|erstell\w*|cree\w*|crea\w*)$/,
  ],
  [
    'change',
    /^(?:update|edit|change|modify|set|patch|put|rename|move|close|archive|enable|disable|mark|complete|assign|ander\w*|modifi\w*)$/,
  ],
  [
    'read',
    /^(?:get|list|show|find|search|fetch|read|retrieve|look|lookup|see|display|view|check|query|count|describe|what|which|who|when|where|how|is|are|does|do|plan|zeig\w*|montre|muestra|mostra)$/,
  ],
];

export type Action = 'read' | 'create' | 'change' | 'delete';

/** Words of a text, one form each, without accents. */
export function allWords(text: string): string[] {
  return plainText(text.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The words that say what a text is about, without their endings. */
export function contentWords(text: string): string[] {
  return allWords(text)
    .filter((word) => !EMPTY.has(word))
    .map(root);
}

/** A word without the endings of its forms, so that `tickets` meets `ticket` and `abilities` meets `ability`. */
export function root(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

const LEADING =
  /^(?:please|can|could|would|will|you|i|we|want|need|like|to|d|would|hey|hi|now|then|and|let|s|me|us|bitte|help)$/;

/** What a sentence wants done, by the first of its verbs; a question reads. */
export function verbOf(text: string): { readonly action: Action | undefined; readonly verb: string } {
  const words = allWords(text).filter((word) => !LEADING.test(word));
  for (const word of words.slice(0, 3)) {
    const action = ACTIONS.find(([, verbs]) => verbs.test(word))?.[0];
    if (action !== undefined) return { action, verb: root(word) };
  }
  return { action: undefined, verb: '' };
}
