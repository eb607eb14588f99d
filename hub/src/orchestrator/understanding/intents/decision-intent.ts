import { plainText, plainWords } from '../plain-text.ts';

/** Something that waits for a word of a person: a build, a call. */
export interface PendingDecision {
  readonly id: string;
  /** What a person may call it: the tool, the server, what is built. */
  readonly names: readonly string[];
  /** It is what the last message of the conversation asked about: then a bare `yes` is meant for it. */
  readonly isAsked: boolean;
}

export interface Decision {
  readonly id: string;
  readonly decision: 'approve' | 'reject';
}

const words = (text: string): string =>
  text
    .trim()
    .split(/\s*\n\s*/)
    .join('|');

/** Words of agreement and refusal: a bare one counts only as an answer to what was asked. */
const YES = words(`
  yes|yeah|yep|yup|sure|ok|okay|of course|certainly|absolutely|definitely|fine|please do|do it|do that|go ahead|go for it|go on|proceed|continue|make it so|sounds good|looks good|lgtm|all right|alright|right|correct|perfect|great|good|y|👍|✅
  ja|jawohl|klar|gern|gerne|einverstanden|mach das|mach es|los|in ordnung|passt|weiter|jo|natürlich
  oui|d'accord|bien sur|vas-y|allez-y|fais-le|parfait|volontiers
  si|claro|vale|de acuerdo|adelante|hazlo|por supuesto|perfecto
  certo|va bene|d'accordo|procedi|fallo|perfetto|sim|pode ser|claro que sim|pode fazer|faca isso|doe maar|prima|akkoord|graag|zeker
  да|хорошо|давай|конечно|好|好的|是|是的|可以|行|はい|お願いします|いいよ|うん|tak|jasne`);
const NO = words(`
  no|nope|nah|never|no way|don't|do not|don't do it|do not do it|don't do that|stop|stop it|cancel|cancel it|cancel that|abort|abort it|forget it|never mind|nevermind|not now|no thanks|no thank you|n|👎|❌
  nein|nee|nicht|lieber nicht|abbrechen|brich ab|lass es|lass das|stopp|nein danke
  non|annule|annuler|arrete|surtout pas|non merci|laisse tomber
  cancela|cancelalo|para|no gracias|dejalo|mejor no
  annulla|lascia stare|no grazie|fermati|nao|cancele|pare|nao obrigado|annuleren|stop maar|liever niet|nee bedankt
  нет|не надо|отмена|стоп|不|不要|不行|取消|いいえ|やめて|キャンセル|nie|anuluj`);
/** Words that can only be meant for something that waits. */
const APPROVE = words(`
  approve|approved|i approve|accept|accepted|confirm|confirmed|allow|allow it|permit|authorize|install it|build it|run it|approve it|accept it|confirm it|i confirm|i agree
  genehmigt|genehmigen|genehmige|bestatigt|bestatige|freigeben|freigegeben|erlaubt|erlauben|installieren|baue es|bau es|zustimmen|ich stimme zu
  approuve|j'approuve|approuver|confirme|je confirme|accepte|j'accepte|apruebo|aprobar|aprobado|confirmo|acepto|approvo|approva|approvato|confermo|accetto|aprovo|aprovado|aceito|goedgekeurd|keur goed|bevestig|akkoord
  одобряю|подтверждаю|разрешаю|批准|同意|确认|承認|承認します|zatwierdzam`);
const REJECT = words(`
  reject|rejected|i reject|reject it|deny|denied|deny it|decline|declined|decline it|refuse|disapprove|discard|discard it|don't build it|do not build it|don't run it|do not run it|don't install it|do not install it|don't approve|do not approve|not approved
  abgelehnt|ablehnen|lehne ab|ich lehne ab|verwerfen|nicht genehmigt|nicht genehmigen|verweigern
  rejette|je rejette|refuse|je refuse|refuser|rechazo|rechazar|rechazado|rifiuto|rifiuta|rifiutato|rejeito|recuso|afgewezen|afwijzen|wijs af|weiger
  отклоняю|отказать|拒绝|却下|拒否|odrzucam`);

const FILLER =
  /^(?:please|pls|thanks|thank you|thx|then|now|it|this|that|the|my|call|build|tool|server|one|so|and|well|oh|hm+|um|bitte|danke|dann|jetzt|es|das|den|die|der|merci|s'il te plait|s'il vous plait|por favor|gracias|per favore|grazie|por favor|obrigado|obrigada|alsjeblieft|bedankt|пожалуйста|спасибо|请|谢谢|ください|number|id|with|for|to)$/u;

type Word = 'yes' | 'no' | 'approve' | 'reject';

const VOCABULARY: ReadonlyMap<string, Word> = new Map(
  (
    [
      ['yes', YES],
      ['no', NO],
      ['approve', APPROVE],
      ['reject', REJECT],
    ] as const
  ).flatMap(([word, list]) =>
    list.split('|').map((said): [string, Word] => [plainText(said).replaceAll('-', ' '), word]),
  ),
);
const LONGEST_PHRASE = 4;
/** A decision is short; a longer message says something else too. */
const MOST_WORDS = 14;

/**
 * Reads a message as a word about the one thing that waits. Undefined when it says anything besides (a condition, another wish, a
 * question), when it says both, when several things wait and none is named, and when a bare yes or no answers something else.
 */
export function decisionIntent(message: string, pending: readonly PendingDecision[]): Decision | undefined {
  if (pending.length === 0 || message.length > 400 || /[?？]/.test(message)) return undefined;
  const { named, rest } = takeName(message, pending);
  const said = saidWords(rest);
  if (!said || said.size === 0) return undefined;
  const isExplicit = said.has('approve') || said.has('reject');
  const isYes = said.has('yes') || said.has('approve');
  if (isYes === (said.has('no') || said.has('reject'))) return undefined;
  const target = named ?? onlyOne(pending, isExplicit);
  return target && { id: target.id, decision: isYes ? 'approve' : 'reject' };
}

/** The one thing that waits, when the word can be meant for it. */
function onlyOne(pending: readonly PendingDecision[], isExplicit: boolean): PendingDecision | undefined {
  const [only, ...others] = pending;
  return others.length === 0 && (isExplicit || only?.isAsked === true) ? only : undefined;
}

/** The thing that the message names, and the message without that name; two names are none. */
function takeName(
  message: string,
  pending: readonly PendingDecision[],
): { readonly named?: PendingDecision; readonly rest: string } {
  const text = ` ${plainWords(message)} `;
  const names = pending.flatMap((thing) =>
    [thing.id, ...thing.names].map((name) => ({ thing, name: plainWords(name) })),
  );
  const found = names
    .filter(({ name }) => name !== '' && text.includes(` ${name} `))
    .toSorted((a, b) => b.name.length - a.name.length);
  const [best] = found;
  if (!best || found.some(({ thing, name }) => thing !== best.thing && !best.name.includes(name)))
    return { rest: message };
  return { named: best.thing, rest: text.replace(` ${best.name} `, ' ') };
}

/** What is said, word for word; undefined when anything else is said too. */
function saidWords(message: string): ReadonlySet<Word> | undefined {
  const tokens = plainText(message)
    .split(/[\s,.;:!。、，！()"“”-]+/u)
    .filter((token) => token !== '');
  if (tokens.length > MOST_WORDS) return undefined;
  const said = new Set<Word>();
  for (let at = 0; at < tokens.length;) {
    const length = phraseAt(tokens, at, said);
    if (length > 0) at += length;
    else if (FILLER.test(tokens[at] ?? '')) at += 1;
    else return undefined;
  }
  return said;
}

/** Number of words of the longest phrase that begins here; it is added to what is said. */
function phraseAt(tokens: readonly string[], at: number, said: Set<Word>): number {
  for (let length = Math.min(LONGEST_PHRASE, tokens.length - at); length > 0; length -= 1) {
    const word = VOCABULARY.get(tokens.slice(at, at + length).join(' '));
    if (word === undefined) continue;
    said.add(word);
    return length;
  }
  return 0;
}
