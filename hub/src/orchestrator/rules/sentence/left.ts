/** A question for what is left of money, in the words that tools have for it. */
export interface MoneyLeft {
  /** The likeliest first. */
  readonly words: readonly string[];
  /** The same question by one of them. */
  readonly wording: (word: string) => string;
}

const MONEY = String.raw`(?<thing>money|cash|funds?|dollars|euros|pounds|credits?|budget|balance|allowance|wallet)`;
const WE = String.raw`(?:i|we|you|they)`;
const STILL = String.raw`(?: still| currently| even)?`;
const LEFT = String.raw`(?:left|remaining|left over)`;
/** Anything else behind it asks something else: `how much money do I have to pay`. */
const OF = String.raw`(?<of>\s(?:on|in|of|at|from|for|with|under|auf|im|bei|sur|dans|en|de|del)\s.*)?$`;

/** As it is asked when money is named. */
const OF_MONEY: readonly RegExp[] = [
  `^how (?:much|many)(?: of (?:the|my|our))? ${MONEY} (?:is|are|is there|are there|have|do|does|has|did)${STILL}(?: ${WE})?${STILL}(?: have| got)? (?:${LEFT}|available)(?: to spend)?${OF}`,
  `^how (?:much|many)(?: of (?:the|my|our))? ${MONEY} (?:do )?${WE}${STILL} have(?: got)?(?: ${LEFT})?${OF}`,
  `^how (?:much|many)(?: of (?:the|my|our))? ${MONEY} (?:does|has) (?<who>.{1,80}?)${STILL}(?: have| got) ${LEFT}$`,
  `^how (?:much|many)(?: of (?:the|my|our))? ${MONEY}${STILL} remains?${OF}`,
  `^how (?:much|many) ${MONEY} can ${WE}${STILL} spend${OF}`,
  `^(?:do|have) ${WE}${STILL}(?: have| got)? (?:any|some|enough) ${MONEY}(?: ${LEFT})?${OF}`,
  `^(?:is|are) there${STILL} (?:any|some|enough) ${MONEY}(?: ${LEFT}| available)?${OF}`,
  `^(?:am i|are we)(?: running)? (?:out of|low on|short of) ${MONEY}${OF}`,
  `^(?:(?:show|get|check|tell|give)(?: me)? |what(?: is|'s|s) )?(?:the |my |our )?(?:remaining|left over|available) ${MONEY}${OF}`,
  `^(?:(?:show|get|check|tell|give)(?: me)? |what(?: is|'s|s) )?(?:the |my |our )?${MONEY} ${LEFT}${OF}`,
  String.raw`^wie ?viel (?<thing>geld|guthaben|budget) (?:ist|bleibt|haben wir|habe ich|hat)(?: mir| uns)?(?: noch)?(?: (?:übrig|da))?(?<of>\s.*?)?(?: übrig)?$`,
  String.raw`^combien d(?:'|e )(?<thing>argent|crédits?|budget) (?:me |nous |te )?(?:reste-t-il|reste|y a-t-il|ai-je|avons-nous)${OF}`,
  String.raw`^cu[aá]nto (?<thing>dinero|saldo|presupuesto) (?:me |nos )?(?:queda|quedan|hay|tengo|tenemos)${OF}`,
].map((form) => new RegExp(form, 'iu'));

/** As it is asked where it goes without saying; then the place says it. */
const OF_PLACE: readonly RegExp[] = [
  `^how much (?:is|do ${WE}${STILL} have|have ${WE} got|is there)${STILL} (?:${LEFT}|available)(?: to spend)?${OF}`,
  `^how much${STILL} remains?${OF}`,
  `^how much can ${WE}${STILL} spend${OF}`,
  `^what(?: is|'s|s)?${STILL} (?:left|remaining|remains)${OF}`,
].map((form) => new RegExp(form, 'iu'));
const PLACE =
  /^\s*(?:(?:on|in|of|at|from|for|with)\s(?:.*\b)?(?:accounts?|cards?|wallets?|budgets?|bank|purse|subscription)\b.*)?$/iu;

const AMOUNTS = ['balance', 'funds', 'credits', 'wallet', 'money'];
const LEADING = /^[¿\s]*(?:(?:please|so|and|hey|hi|ok|okay|now|tell me|can you tell me|do you know)[\s,]+)*/i;
const TRAILING = /[\s?!.]+$|(?:\s(?:please|now|right now|today|at the moment|bitte|noch))+[\s?!.]*$/i;

/** What a message asks of money that is left; undefined: nothing. */
export function moneyLeft(message: string): MoneyLeft | undefined {
  const text = message
    .replaceAll(/[’‘]/g, "'")
    .replace(LEADING, '')
    .replace(TRAILING, '')
    .replace(/\s+/g, ' ');
  const groups = formOf(text)?.groups;
  if (groups === undefined) return undefined;
  const { thing = '', who, of = '' } = groups;
  const rest = who === undefined ? of.replace(/^\s(?:auf|im|sur|dans|en|de|del)\s/i, ' of ') : ` of ${who}`;
  const own = /^(?:credit|budget|allowance|wallet|fund)/i.test(thing) ? [thing.toLowerCase()] : [];
  const words = [...new Set([...own, ...AMOUNTS, ...(own.length > 0 ? [] : ['budget'])])];
  return { words, wording: (word) => `what is the ${word}${rest}` };
}

function formOf(text: string): RegExpExecArray | undefined {
  for (const form of OF_MONEY) {
    const match = form.exec(text);
    if (match !== null) return match;
  }
  for (const form of OF_PLACE) {
    const match = form.exec(text);
    if (match !== null && PLACE.test(match.groups?.['of'] ?? '')) return match;
  }
  return undefined;
}
