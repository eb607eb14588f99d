import { RoutingConfig } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { compileMarks, scanMarks } from './scan-marks.ts';
import { MARKS } from './sensitive-shapes.ts';
import { compileSensitivity, findSensitive } from './sensitive.ts';

const sensitivity = compileSensitivity(RoutingConfig.parse({}).sensitive);
const found = (...texts: string[]) => (sensitivity ? findSensitive(texts, sensitivity) : []);
/** Deep inside of something long, where it is no less sensitive. */
const buried = (text: string): string =>
  `${'The quick brown fox. '.repeat(3_000)}${text}${' And so on.'.repeat(3_000)}`;

const TOKEN = `ghp_${'a1'.repeat(18)}`;

test.each([
  ['card', 'my card is 4111 1111 1111 1111, thanks'],
  ['card', '4111-1111-1111-1111'],
  ['iban', 'to DE89 3704 0044 0532 0130 00 please'],
  ['identity', 'it is 123-45-6789'],
  ['secret', `use ${TOKEN} for it`],
  ['secret', 'AKIAIOSFODNN7EXAMPLE'],
  ['secret', '-----BEGIN RSA PRIVATE KEY-----'],
  ['secret', 'the Password is hunter2!'],
  ['secret', '{"api_key": "a1b2c3d4"}'],
  ['secret', 'mot de passe : soleil77'],
  ['health', 'my mother has just had a biopsy'],
  ['health', "I've been diagnosed again"],
  ['health', 'Is my HIV test positive'],
  ['health', 'the patient record of Ms Smith'],
  ['health', 'bei meiner Brustkrebs-Vorsorge'],
  ['addresses', 'ann@a.test, bob@b.test and cid@c.test'],
])('%s is found, also deep inside of a long text: %s', (kind, text) => {
  expect(found(text)).toEqual([kind]);
  expect(found('Hello', buried(` ${text} `))).toEqual([kind]);
});

test.each([
  'order 4111 1111 1111 1112',
  'version 1.4111111111111111',
  'what does an IBAN such as DE00 0000 look like',
  'phone 555-12-34567',
  'how do I reset a password',
  'the key is on the table',
  'what is cancer? My dog is well',
  'hive and archive my photos',
  'ann@a.test, ANN@a.test, ann@a.test, bob@b.test',
  'the chemotherapy of the twentieth century',
])('nothing is found in: %s', (text) => {
  expect(found(text)).toEqual([]);
});

test('letters that are longer in small do not move what is found', () => {
  expect(found(`${'İ'.repeat(50)} my surgery and ${TOKEN}`)).toEqual(['secret', 'health']);
});

/** What looking for sensitive things takes beyond one look at each character. */
function stops(text: string): number {
  let count = 0;
  const stop = () => void (count += 1);
  scanMarks(text.toLowerCase(), compileMarks(MARKS), { mark: stop, digits: stop, mailbox: stop });
  return count;
}

test.each([
  ['prose', 'She said that the other brother gathered them together. ', 0.05],
  ['a log', '2026-01-02T10:11:12.123Z INFO api key=12 token ok 10.0.0.1 ann@a.test\n', 0.3],
  ['JSON', '{"key": "value", "access": 12, "client": "x"},', 0.1],
  ['digits with blanks', '4 ', 0.5],
])('places of %s where something may begin grow with its length and are few', (_, piece, share) => {
  const [once = 0, twice = 0] = [1_000, 2_000].map((times) => stops(piece.repeat(times)));
  expect(once / (piece.length * 1_000)).toBeLessThanOrEqual(share);
  expect(twice).toBe(once * 2);
});
