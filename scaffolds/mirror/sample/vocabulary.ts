import type { Random } from './random.ts';

/** Small tables that make made-up values read like real ones; every address in them is reserved for examples. */

const FIRST_NAMES = ['Ada', 'Noor', 'Tomas', 'Ines', 'Kofi', 'Mei', 'Lars', 'Amara'] as const;
const LAST_NAMES = ['Okafor', 'Lindqvist', 'Marino', 'Tanaka', 'Novak', 'Haddad', 'Silva', 'Byrne'] as const;
const CITIES = ['Oslo', 'Lagos', 'Lima', 'Kyoto', 'Porto', 'Tunis', 'Gdansk', 'Quito'] as const;
const COUNTRIES = ['Norway', 'Nigeria', 'Peru', 'Japan', 'Portugal', 'Tunisia', 'Poland', 'Ecuador'] as const;
const COUNTRY_CODES = ['NO', 'NG', 'PE', 'JP', 'PT', 'TN', 'PL', 'EC'] as const;
const CURRENCIES = ['EUR', 'USD', 'NOK', 'JPY', 'GBP', 'PLN'] as const;
const LANGUAGES = ['en', 'nb', 'es', 'ja', 'pt', 'fr'] as const;
const ZONES = ['Europe/Oslo', 'Africa/Lagos', 'America/Lima', 'Asia/Tokyo'] as const;
const COMPANIES = ['Northwind Works', 'Blue Harbour', 'Cedar & Co', 'Granite Labs'] as const;
const STREETS = ['Harbour Street', 'Mill Lane', 'Station Road', 'Orchard Way'] as const;
const COLOURS = ['#3366cc', '#2a9d8f', '#e76f51', '#6d597a'] as const;
const STATES = ['active', 'pending', 'done', 'open'] as const;
const MEDIA_TYPES = ['application/json', 'text/plain', 'image/png'] as const;
const SENTENCES = [
  'A short note about this item.',
  'Checked and ready for use.',
  'Made for the spring release.',
  'Replaces the earlier version.',
] as const;
const WORDS = [
  'amber',
  'birch',
  'copper',
  'delta',
  'ember',
  'fjord',
  'granite',
  'harbour',
  'indigo',
  'juniper',
  'kelp',
  'lumen',
] as const;
const HEX = '0123456789abcdef';
const ALPHANUMERIC = 'abcdefghijkmnpqrstuvwxyz23456789';

/** `count` characters of an alphabet. */
export function charactersOf(alphabet: string, count: number, random: Random): string {
  return Array.from({ length: count }, () => alphabet[random.int(0, alphabet.length - 1)] ?? '').join('');
}

export const hexText = (count: number, random: Random): string => charactersOf(HEX, count, random);

/** A plain lower-case word. */
export const word = (random: Random): string => random.pick(WORDS);

/** An address of a web page on a domain reserved for examples. */
export const webAddress = (random: Random): string =>
  `https://example.com/${word(random)}/${random.int(1, 999)}`;

export const mailAddress = (random: Random): string =>
  `${random.pick(FIRST_NAMES).toLowerCase()}.${random.pick(LAST_NAMES).toLowerCase()}@example.com`;

/** A time in 2025, whole seconds, UTC. */
export function dateTime(random: Random): string {
  const start = Date.UTC(2025, 0, 1);
  return new Date(start + random.int(0, 364 * 86_400) * 1_000).toISOString().replace('.000Z', 'Z');
}

export function uuid(random: Random): string {
  const variant = '89ab'[random.int(0, 3)] ?? '8';
  return `${hexText(8, random)}-${hexText(4, random)}-4${hexText(3, random)}-${variant}${hexText(3, random)}-${hexText(12, random)}`;
}

const digits = (count: number, random: Random): string => charactersOf('0123456789', count, random);

type Maker = (random: Random) => string;

/** Tested in this order against a name in words, such as `billing email address`. */
const TEXT_BY_NAME: readonly (readonly [RegExp, Maker])[] = [
  [/\b(?:uuid|guid)$/, uuid],
  [/\be ?mail\b/, mailAddress],
  [
    /\b(?:avatar|image|photo|logo|icon|thumbnail)(?: (?:url|uri|link))?$/,
    (random) => `https://example.com/images/${word(random)}.png`,
  ],
  [/\b(?:url|uri|href|link|website|homepage|webhook|endpoint|location)$/, webAddress],
  [/\b(?:first|given) name$/, (random) => random.pick(FIRST_NAMES)],
  [/\b(?:last|family|sur) ?name$/, (random) => random.pick(LAST_NAMES)],
  [/\b(?:user ?name|login|handle|nickname|screen name)$/, (random) => `${word(random)}${random.int(1, 99)}`],
  [
    /\b(?:full|display|contact|owner|author|customer|person) ?name$/,
    (random) => `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`,
  ],
  [/\b(?:file ?name|file|attachment)$/, (random) => `${word(random)}.txt`],
  [/\b(?:company|organi[sz]ation|employer)(?: name)?$/, (random) => random.pick(COMPANIES)],
  [/\b(?:host ?name|host|domain)(?: name)?$/, (random) => `${word(random)}.example.com`],
  [/\b(?:path|directory|folder)$/, (random) => `/${word(random)}/${word(random)}`],
  [/\b(?:ip|ip address|ipv4)$/, (random) => `192.0.2.${random.int(1, 254)}`],
  [
    /\b(?:phone|mobile|fax|msisdn|phone number|to|from) ?(?:number)?$/,
    (random) => `+1555${digits(7, random)}`,
  ],
  [/\b(?:country|nation)(?: code| iso)$/, (random) => random.pick(COUNTRY_CODES)],
  [/\bcountry(?: name)?$/, (random) => random.pick(COUNTRIES)],
  [/\bcurrency(?: code)?$/, (random) => random.pick(CURRENCIES)],
  [/\b(?:language|locale|lang)(?: code)?$/, (random) => random.pick(LANGUAGES)],
  [/\b(?:time ?zone|tz)$/, (random) => random.pick(ZONES)],
  [/\b(?:zip|postal|postcode)(?: code)?$/, (random) => digits(5, random)],
  [/\b(?:city|town)$/, (random) => random.pick(CITIES)],
  [/\b(?:street|address|line1|line 1)$/, (random) => `${random.int(1, 199)} ${random.pick(STREETS)}`],
  [/\b(?:state|status)$/, (random) => random.pick(STATES)],
  [/\b(?:colou?r)$/, (random) => random.pick(COLOURS)],
  [/\b(?:mime type|media type|content type)$/, (random) => random.pick(MEDIA_TYPES)],
  [/\b(?:sha|sha1|commit|digest|hash|checksum|etag)$/, (random) => hexText(40, random)],
  [/\b(?:token|secret|key|signature|cursor|password)$/, (random) => charactersOf(ALPHANUMERIC, 24, random)],
  [/\b(?:date|day|birthday)$/, (random) => dateTime(random).slice(0, 10)],
  [/\b(?:at|time|timestamp|created|updated|modified|expires|on)$/, dateTime],
  [/\b(?:version|release)$/, (random) => `${random.int(1, 4)}.${random.int(0, 9)}.${random.int(0, 9)}`],
  [
    /\b(?:id|sid|identifier|ref|reference|sku|code|number)$/,
    (random) => charactersOf(ALPHANUMERIC, 10, random),
  ],
  [
    /\b(?:description|summary|message|comment|text|body|note|bio|content|reason|detail)$/,
    (random) => random.pick(SENTENCES),
  ],
  [/\b(?:title|label|subject|headline)$/, (random) => `${capital(word(random))} ${word(random)}`],
  [/\bname$/, (random) => `${capital(word(random))} ${random.int(1, 99)}`],
  [/\b(?:amount|price|total|cost|balance)$/, (random) => `${random.int(1, 499)}.${digits(2, random)}`],
  [/\b(?:lat|latitude)$/, (random) => `${random.int(-60, 60)}.${digits(4, random)}`],
  [/\b(?:lng|lon|longitude)$/, (random) => `${random.int(-120, 120)}.${digits(4, random)}`],
];

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A property's name as lower-case words: `createdAt`, `created_at` and `created-at` are the same. */
function inWords(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z\d]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Text that suits a property's name; undefined for names that say nothing. */
export function namedText(name: string, random: Random): string | undefined {
  const words = inWords(name);
  return TEXT_BY_NAME.find(([expression]) => expression.test(words))?.[1](random);
}

/** Ranges that numbers of such names lie in, ends included. */
const RANGES: readonly (readonly [RegExp, readonly [number, number]])[] = [
  [/\b(?:lat|latitude)$/, [-60, 60]],
  [/\b(?:lng|lon|long|longitude)$/, [-120, 120]],
  [/\byear$/, [2020, 2025]],
  [/\bmonth$/, [1, 12]],
  [/\bday$/, [1, 28]],
  [/\bhour$/, [0, 23]],
  [/\b(?:minute|second)$/, [0, 59]],
  [/\b(?:at|time|timestamp|created|updated|expires|date)$/, [1_735_689_600, 1_767_225_600]],
  [/\b(?:page|page number)$/, [1, 3]],
  [/\b(?:limit|per page|page size|page limit)$/, [10, 30]],
  [/\b(?:count|total|quantity|retries|attempts|position|index|offset|rank)$/, [1, 40]],
  [/\b(?:percent|percentage|progress)$/, [0, 100]],
  [/\b(?:price|amount|cost|balance)$/, [5, 500]],
  [/\bage$/, [18, 80]],
  [/\bport$/, [1024, 65_535]],
  [/\b(?:width|height)$/, [64, 1_024]],
  [/\b(?:size|bytes|length)$/, [128, 9_000]],
];

/** The range a number of such a name usually lies in. */
export function usualRange(name: string): readonly [number, number] | undefined {
  const words = inWords(name);
  return RANGES.find(([expression]) => expression.test(words))?.[1];
}
