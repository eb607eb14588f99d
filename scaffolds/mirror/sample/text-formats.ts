import type { Random } from './random.ts';
import { charactersOf, dateTime, hexText, mailAddress, uuid, webAddress, word } from './vocabulary.ts';

type Maker = (random: Random) => readonly string[];

const base64: Maker = (random) => [Buffer.from(`${word(random)} ${word(random)}`).toString('base64'), 'YQ=='];
const address: Maker = (random) => [
  webAddress(random),
  'https://example.com/',
  'a:b',
  `https://example.com/${'a'.repeat(200)}`,
];
const mail: Maker = (random) => [mailAddress(random), 'a@b.co', `${'a'.repeat(40)}@example.com`];
const host: Maker = (random) => [`${word(random)}.example.com`, 'a.co', `${'a'.repeat(40)}.example.com`];
const reference: Maker = (random) => [`/${word(random)}/${random.int(1, 99)}`, '/', webAddress(random)];
const moment: Maker = (random) => [dateTime(random)];

/** Texts of each known format: the usual one first, then a short and a long one. */
const FORMATS = new Map<string, Maker>(
  Object.entries<Maker>({
    'date-time': moment,
    'iso-date-time': moment,
    date: (random) => [dateTime(random).slice(0, 10)],
    time: (random) => [dateTime(random).slice(11)],
    'iso-time': (random) => [dateTime(random).slice(11)],
    duration: (random) => [`P${random.int(1, 9)}D`, 'PT1H'],
    email: mail,
    'idn-email': mail,
    hostname: host,
    'idn-hostname': host,
    ipv4: (random) => [`192.0.2.${random.int(1, 254)}`],
    ip: (random) => [`192.0.2.${random.int(1, 254)}`],
    ipv6: (random) => [`2001:db8::${hexText(4, random)}`, '::1'],
    uri: address,
    url: address,
    iri: address,
    'uri-reference': reference,
    'iri-reference': reference,
    'uri-template': (random) => [`https://example.com/${word(random)}/{id}`, '/{id}'],
    uuid: (random) => [uuid(random)],
    guid: (random) => [uuid(random)],
    'json-pointer': (random) => [`/${word(random)}`, ''],
    'relative-json-pointer': (random) => [`${random.int(0, 3)}/${word(random)}`, '0'],
    regex: () => ['^[a-z]+$', 'a'],
    byte: base64,
    base64,
    password: (random) => [`${charactersOf('abcdefghijkmnpqrstuvwxyz', 8, random)}A1!`],
  }),
);

/** Texts that a format accepts; none for formats that are not known, which accept everything. */
export function formatTexts(format: string, random: Random): readonly string[] {
  return FORMATS.get(format)?.(random) ?? [];
}
