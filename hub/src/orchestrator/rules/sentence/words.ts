import { plainText } from '../../understanding/plain-text.ts';

/** Words that say nothing of the thing: of manners, of grammar, of asking. */
const EMPTY: ReadonlySet<string> = new Set(
  (
    'a an the this that these those of in on at to for from by with without into about as is are be am was were will would can could ' +
    'may might should must do does did has have had it its i me my mine we us our you your they them their and or if then than so not ' +
    'only also just very please want need like what who which whom whose when where how there here some any each every all let lets ' +
    'tell give show say now right much many few out off up down get fetch list find search look lookup inspect describe retrieve see display retrieve read check view ' +
    'created changed modified updated made done happen happened exist exists belong belongs anyone anybody someone somebody ' +
    'create add new make delete remove update change edit set called named via using use whats s t re d ll ve ' +
    'der die das den dem des ein eine einen zeig zeige zeigen mir bitte fur mit von liste auflisten anzeigen gib hole finde suche ' +
    'le la les un une des moi montre affiche afficher lister cherche trouve el los las una muestra mostrar lista listar busca buscar'
  ).split(' '),
);

const ACTIONS: readonly (readonly [action: Action, verbs: RegExp])[] = [
  [
    'delete',
    /^(?:delete|remove|erase|drop|destroy|cancel|revoke|purge|clear|prune|wipe|clean|truncate|empty|losch\w*|entferne\w*|supprime\w*|efface\w*|elimina\w*|borra\w*|cancella\w*)$/,
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
    /^(?:get|list|show|find|search|fetch|read|retrieve|look|lookup|see|display|view|check|query|count|describe|what|which|who|when|where|how|is|are|does|do|plan|inspect|zeig\w*|liste\w*|auflisten|anzeigen|finde\w*|suche\w*|montre|affiche\w*|cherche\w*|trouve\w*|muestra|mostra\w*|lista\w*|busca\w*)$/,
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
  if (/^(?:species|series|news)$/.test(word)) return word;
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

/** A tool that signs somebody in or out does nothing else, whatever words its name shares with a sentence. */
export const SIGNS =
  /\b(?:log ?(?:ged )?(?:in|out|on|off)|login|logout|sign ?(?:ed )?(?:in|out|on|off)|authenticate|anmelden|abmelden)\b/;

const LEADING =
  /^(?:please|can|could|would|will|you|i|we|want|need|like|to|d|would|hey|hi|now|then|and|let|s|me|us|bitte|help)$/;

/** What a sentence wants done, by the first of its verbs; a question reads. */
export function verbOf(text: string): { readonly action: Action | undefined; readonly verb: string } {
  const words = allWords(text.replace(/\bget rid of\b/i, 'delete')).filter((word) => !LEADING.test(word));
  for (const word of words.slice(0, 3)) {
    const action = ACTIONS.find(([, verbs]) => verbs.test(word))?.[0];
    if (action !== undefined) return { action, verb: root(word) };
  }
  return { action: undefined, verb: '' };
}
