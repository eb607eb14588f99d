import type { RoutingConfig } from '@counterpart/schemas';
import {
  CREDENTIAL,
  CREDENTIAL_MARKS,
  NAMED_CREDENTIAL,
  NAMED_MARKS,
} from '../../understanding/credentials/shapes.ts';

type Kind = RoutingConfig['sensitive']['kinds'][number];

/** What is looked for, ready to run. */
export interface Sensitivity {
  readonly kinds: ReadonlySet<Kind>;
  readonly patterns: readonly (readonly [name: string, pattern: RegExp])[];
}

/** Compiles what the configuration looks for; undefined: nothing is. */
export function compileSensitivity({
  rule,
  kinds,
  patterns,
}: RoutingConfig['sensitive']): Sensitivity | undefined {
  if (rule === 'ignore') return undefined;
  const own = Object.entries(patterns).map(([name, source]) => [name, new RegExp(source, 'iu')] as const);
  return { kinds: new Set(kinds), patterns: own };
}

const CARD = /(?<![\d.])[2-6](?:[ -]?\d){12,18}(?![\d.]*\d)/g;
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g;
const IDENTITY = /\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/;

/** So many different addresses are a list of people. */
const ADDRESSES_OF_A_LIST = 3;
const MAILBOX = /[\w.+-]{1,64}$/;
const HOST = /^[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/;

/** Beginnings of words of illness, and who has it: neither alone says anything about a person. */
const ILLNESS =
  /diagnos|cancer|tumou?r|chemother|\bhiv\b|diabet|depress|bipolar|schizophr|epileps|asthma|hepatit|pregnan|miscarr|abortion|therap|psychiat|medica|prescri|blood (?:test|pressure|sugar)|symptom|surgery|biopsy|rehab|krebs|schwanger|krankheit|blutdruck|befund|grossesse|maladie|traitement|embaraz|enfermedad|tratamiento|gravidanza|malattia/g;
const WHOSE =
  /(?<![\p{L}])(?:my|our|his|her|i was|i am|i've been|patient(?:'s)?|mother's|father's|mein(?:e|er|em|en)?|mon|ma|mes|mi|mis|mio|mia|minha|meu)\s[^.?!\n]{0,40}$/u;
const RECORD_MARKS = [
  'medical record',
  'patient id',
  'patient record',
  'patient file',
  'patient name',
  'krankenakte',
  'patientenakte',
  'dossier médical',
  'historia clínica',
  'cartella clinica',
];

/** Characters before and after a mark that are looked at. */
const BEFORE = 70;
const AFTER = 240;

/** Whether a text holds one of the marks with what is looked for around it: searching for marks is quick, patterns are not. */
function around(text: string, marks: readonly string[], pattern: RegExp): boolean {
  for (const mark of marks)
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length))
      if (pattern.test(text.slice(Math.max(0, at - BEFORE), at + AFTER))) return true;
  return false;
}

function tellsOfIllness(text: string): boolean {
  const lower = text.toLowerCase();
  if (RECORD_MARKS.some((mark) => lower.includes(mark))) return true;
  for (const { index } of lower.matchAll(ILLNESS))
    if (WHOSE.test(lower.slice(Math.max(0, index - BEFORE), index))) return true;
  return false;
}

const digitsOf = (text: string): number[] => (text.match(/\d/g) ?? []).map(Number);

/** ISO/IEC 7812-1, annex B: the check digit of card numbers. */
export function passesLuhn(digits: readonly number[]): boolean {
  const sum = digits.toReversed().reduce((total, digit, index) => {
    const weighed = index % 2 === 1 ? digit * 2 : digit;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0 && new Set(digits).size > 1;
}

/** ISO 7064, MOD 97-10: the check digits of an IBAN. */
export function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '');
  if (compact.length < 15 || compact.length > 34) return false;
  const turned = compact.slice(4) + compact.slice(0, 4);
  let rest = 0;
  for (const char of turned) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

function isAddressList(text: string): boolean {
  const found = new Set<string>();
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const mailbox = MAILBOX.exec(text.slice(Math.max(0, at - BEFORE), at));
    const host = mailbox && HOST.exec(text.slice(at + 1, at + AFTER));
    if (host) found.add(`${mailbox[0]}@${host[0]}`.toLowerCase());
    if (found.size >= ADDRESSES_OF_A_LIST) return true;
  }
  return false;
}

const some = (text: string, pattern: RegExp, holds: (match: string) => boolean): boolean => {
  for (const [match] of text.matchAll(pattern)) if (holds(match)) return true;
  return false;
};

const FINDERS: Readonly<Record<Kind, (text: string) => boolean>> = {
  card: (text) => some(text, CARD, (match) => passesLuhn(digitsOf(match))),
  iban: (text) => some(text, IBAN, isIban),
  identity: (text) => IDENTITY.test(text),
  secret: (text) =>
    around(text, CREDENTIAL_MARKS, CREDENTIAL) || around(text.toLowerCase(), NAMED_MARKS, NAMED_CREDENTIAL),
  health: tellsOfIllness,
  addresses: isAddressList,
};

/**
 * What sensitive things are said anywhere, by name; the first found of each is enough. All is read, however long: what is
 * missed would leave the machine. Linear in its length.
 */
export function findSensitive(texts: readonly string[], { kinds, patterns }: Sensitivity): string[] {
  const finders: readonly (readonly [string, (text: string) => boolean])[] = [
    ...[...kinds].map((kind) => [kind, FINDERS[kind]] as const),
    ...patterns.map(([name, pattern]) => [name, (text: string) => pattern.test(text)] as const),
  ];
  return finders.filter(([, find]) => texts.some(find)).map(([name]) => name);
}
