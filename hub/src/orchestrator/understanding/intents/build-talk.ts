import { plainText } from '../plain-text.ts';

/** What is said of a build that is under way or waits, besides a plain yes or no to it. */
export type BuildTalk =
  /** How it is doing. */
  | { readonly kind: 'status' }
  /** Follow it to where it rests. */
  | { readonly kind: 'follow' }
  /** Made otherwise: what is asked for, as it was written. */
  | { readonly kind: 'change'; readonly wish: string }
  /** Not made, and why. */
  | { readonly kind: 'refuse'; readonly reason: string }
  /** Its secrets come later. */
  | { readonly kind: 'later' }
  /** Its secrets were entered. */
  | { readonly kind: 'done' };

const LONGEST_CHARS = 600;
/** A question about a build is short; a longer one is about something else. */
const MOST_WORDS = 12;

const it = '(?:it|that|this|you|everything|(?:the |my |this |that )?(?:new )?(?:build|tool|server|thing))';

const STATUS = new RegExp(
  `^[¿¡]?(?:(?:so|and|hey|ok|und|et|y|e)[, ]+)?(?:${[
    `what(?:'s| is| are|s)? ${it} (?:doing|building|up to|waiting for|stuck on|working on)`,
    `what(?:'s| is) (?:happening|going on|taking (?:it )?so long)(?: with ${it})?`,
    `(?:what(?:'s| is) )?(?:the )?(?:status|progress|state|news|update)(?: of ${it}| on ${it})?`,
    `(?:any|show(?: me)?(?: the)?) (?:status|progress|news|update)s?`,
    `how(?:'s| is| far is| far along is| long (?:will|does)| far) ${it}(?: (?:going|coming along|progressing|doing|take|along|now))*`,
    `(?:is|are|has|did) ${it} (?:still |already |not )?(?:done|ready|finished|finish|stuck|running|working|building|built|failed|fail|installed|there)(?: yet| now| already)?`,
    `are we there(?: yet)?|(?:done|ready|finished|fertig|klaar|готово|pronto|listo)(?: yet)?[?？]`,
    `where (?:is ${it}|are (?:we|you)|were we)(?: now| at)?`,
    `was (?:machst du|machst du gerade|macht (?:es|er|das)|passiert)(?: gerade| da| jetzt)*`,
    `wie (?:weit|lange|steht|lauft) .*|(?:ist|bist|wird) (?:es|du|das|der build|das werkzeug|das tool) (?:schon )?(?:fertig|soweit|bereit).*`,
    `(?:que fais-tu|qu'est-ce que tu fais|que fait-il|ou en (?:est|es|sommes)[^,]*|c'est (?:fini|pret)|ca avance)`,
    `(?:que (?:estas )?hac(?:es|iendo)|como va(?: eso)?|(?:ya )?esta (?:listo|lista|hecho))`,
    `(?:cosa (?:fai|stai facendo)|a che punto [^,]*|come va|e (?:pronto|finito))`,
    `(?:o que (?:esta fazendo|estas a fazer)|como esta(?: indo)?|(?:ja )?esta (?:pronto|pronta))`,
    `(?:wat (?:doe|ben) je.*|hoe (?:ver|gaat|staat) .*|is (?:het|hij) klaar.*)`,
    `(?:что (?:ты )?делаешь|как (?:дела|идет)|что происходит)`,
    `(?:进度|进展|好了吗|完成了吗|在做什么|怎么样了?|做完了吗)|(?:進捗|状況|できた|終わった|何をして).*`,
  ].join('|')})[\\s?!.？。]*$`,
  'u',
);
const FOLLOW =
  /^(?:please )?(?:wait(?: for (?:it|that|the build))?|follow(?: it| the build)?|keep going|go on|continue|carry on|tell me when (?:it|that) is (?:done|ready)|warte(?: darauf)?|mach weiter|weiter|attends?|continue[rz]?|espera|sigue|continua|aspetta|wacht|ga door|подожди|продолжай|等|继续|待って|続けて)[\s.!。]*$/u;
const LATER =
  /^(?:(?:ok|no|not now|yes|nein|ja|non|oui)[, ]+)?(?:(?:i(?:'ll| will)? (?:do|enter|add|give) (?:it|that|them|this) )?later|skip(?: it| that| this| them)?(?: for now)?|not now|without(?: it| them| a key| secrets?)?|(?:i )?(?:have|got) (?:none|no key|no secret|no account)(?: yet)?|spater|ohne(?: schlussel)?|uberspringen|jetzt nicht|plus tard|sans(?: cle)?|mas tarde|luego|sin(?: clave)?|dopo|piu tardi|senza|depois|mais tarde|sem|later dan|zonder|позже|потом|без|以后|稍后|跳过|後で|スキップ)[\s.!。]*$/u;
const DONE =
  /^(?:(?:ok|okay|yes|ja|oui|si|da|да)[, ]*)?(?:(?:it(?:'s| is)|all|i(?:'ve| have)?|they are|that is|everything(?:'s| is)?)? ?(?:done|entered|ready|there|set|saved|stored|did it|finished|added)(?: it| them| that| the (?:key|secret)s?)?(?: now)?|go on|continue|(?:ist )?(?:fertig|erledigt|eingegeben|eingetragen|gespeichert)|c'est fait|fini|hecho|listo|ya esta|fatto|pronto|feito|klaar|gedaan|готово|сделано|好了|完成了?|已输入|入れました|完了)?[\s.!。]*$/u;

const NO_FIRST =
  /^(?:no|nope|nah|nein|nee|non|na|nao|нет|nie|不|不要|不行|いいえ|いや)(?:[,.!:;\s-]+|(?=[\p{Script=Han}\p{Script=Hiragana}]))/u;
const YES_FIRST =
  /^(?:yes|yeah|ok(?:ay)?|sure|good|fine|nice|great|almost|nearly|ja|gut|fast|oui|bien|presque|si|bueno|casi|bene|quasi|sim|quase|goed|bijna|да|好|はい)[,.!\s-]+/u;
const BUT =
  /^(?:but|just|only|except|aber|nur|mais|sauf|pero|salvo|ma|tranne|mas|menos|maar|behalve|но|但是?|でも)(?![\p{L}])/u;
/** Words that say how a thing is to be different. */
const OTHERWISE =
  /(?<![\p{L}])(?:without|only|instead|rather|leave out|leave off|drop|remove|skip|keep|add|also|too|include|exclude|but|call it|name it|rename|named?|use|make it|change|should|shouldn't|must|needs? to|want|don't want|fewer|less|more|with|ohne|nur|statt|stattdessen|lieber|auch|nenn\w*|lass\w*|weg|soll\w*|mit|andere?\w*|mochte|sans|seulement|plutot|aussi|avec|doit|appelle|sin|solo|solamente|tambien|con|debe|llama\w*|en vez|senza|soltanto|invece|anche|deve|chiama\w*|sem|apenas|somente|tambem|com|chame|zonder|alleen|ook|met|moet|noem|без|только|вместо|также|с)(?![\p{L}])|不要|只要|去掉|加上|改成|なしで|だけ|代わりに|追加/u;
const BECAUSE =
  /^(?:(?:reject(?:ed)?|decline|deny|discard|ablehnen|rejette|refuse|rechazo|rifiuto|rejeito)(?: it)?:\s*(?=\S)|(?:reject(?:ed)?|decline|cancel(?: it)?|deny|discard(?: it)?|don't (?:build|install|do) it|do not (?:build|install) it|ablehnen|lehne (?:ich )?ab|verwerfen|rejette|refuse|rechaz\w+|rifiut\w+|rejeit\w+|afwijzen|отклон\w+|no|nein|non|nee)\b[\s,:;.-]+(?=(?:because|since|as|it(?:'s| is)|that(?:'s| is)|too|weil|da|zu|parce que|car|trop|porque|perche|omdat|te|потому)(?![\p{L}])))/u;

/**
 * Reads a message as a word about the build that the last answer spoke of; undefined when it is about something else. A
 * question is never a change: only `status` is read in one.
 */
export function buildTalk(message: string): BuildTalk | undefined {
  const written = message.trim();
  if (written === '' || written.length > LONGEST_CHARS) return undefined;
  const text = plainText(written);
  if (text.split(' ').length <= MOST_WORDS && STATUS.test(text)) return { kind: 'status' };
  if (/[?？]\s*$/.test(text)) return undefined;
  if (FOLLOW.test(text)) return { kind: 'follow' };
  if (LATER.test(text)) return { kind: 'later' };
  if (DONE.test(text)) return { kind: 'done' };
  if (BECAUSE.test(text)) return { kind: 'refuse', reason: afterFirst(written, BECAUSE) };
  return changeIn(written, text);
}

/** `no, without the clan tools`, `yes, but call it forecast`, `only the events`. */
function changeIn(written: string, text: string): BuildTalk | undefined {
  const lead = [NO_FIRST, YES_FIRST].find((first) => first.test(text));
  const rest = lead === undefined ? text : text.replace(lead, '');
  const isSaid =
    lead === NO_FIRST ? OTHERWISE.test(rest) : BUT.test(rest) || (lead === undefined && BARE.test(rest));
  if (!isSaid || rest.split(' ').length < (/\p{Script=Han}|\p{Script=Hiragana}/u.test(rest) ? 1 : 2))
    return undefined;
  const wish = lead === undefined ? written : afterFirst(written, lead);
  return { kind: 'change', wish: wish.replace(/^(?:but|aber|mais|pero|ma|mas|maar|но)\s+/iu, '') };
}

/** Words of a choice in other languages, by what they are in the one that descriptions are chosen from in. */
const CHOICE: readonly (readonly [word: string, said: RegExp])[] = [
  ['without', /(?<![\p{L}])(?:ohne|sans|sin|senza|sem|zonder|без)(?![\p{L}])/giu],
  [
    'only',
    /(?<![\p{L}])(?:nur|seulement|uniquement|s[oó]lo|solamente|soltanto|apenas|somente|alleen|только)(?![\p{L}])/giu,
  ],
  ['and', /(?<![\p{L}])(?:und|et|y|e|en|и)(?![\p{L}])/giu],
  [
    '',
    /(?<![\p{L}])(?:die|der|das|den|les|le|la|las|los|el|il|lo|gli|os|as|de|het|di|do|da|des|bitte|por favor)(?![\p{L}])/giu,
  ],
  [
    ' tools',
    /-?(?:werkzeugen?|outils?|herramientas?|strument[oi]|ferramentas?|gereedschap\p{L}*|инструмент\p{L}*)(?![\p{L}])/giu,
  ],
];

/** A wish as words that a part of a description is chosen by. */
export const selectionOf = (wish: string): string =>
  CHOICE.reduce((text, [word, said]) => text.replace(said, word), wish)
    .replace(/\s+/g, ' ')
    .trim();

/** Begins of a change that need no yes or no before them. */
const BARE =
  /^(?:please )?(?:without|only|leave out|leave off|drop|remove|skip|ohne|nur|lass|sans|seulement|sin|solo|senza|soltanto|sem|apenas|zonder|alleen|без|только)(?![\p{L}])|^(?:不要|只要|去掉)/u;

/** What stands behind the first words, as it was written: plain text is of the same length but for accents. */
function afterFirst(written: string, first: RegExp): string {
  const words = (first.exec(plainText(written))?.[0] ?? '').trim().split(/\s+/).length;
  const rest = written.split(/\s+/).slice(words).join(' ');
  return rest === '' ? written : rest;
}
