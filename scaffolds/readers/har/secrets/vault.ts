import { REDACTED, type Json } from '@counterpart/schemas';
import { isArray, isObject } from '../../openapi/source/json-tree.ts';
import { jsonOf, type Content, type Part } from '../entries/content.ts';
import type { Exchange, Pairs } from '../entries/exchange.ts';
import { MAX_VALUE_DEPTH } from '../limits.ts';
import { KnownValues } from './known-values.ts';
import { withoutShapes } from '../../../secrets/forms.ts';
import { isSecretName } from '../../../secrets/names.ts';
import { looksRandom } from '../../../secrets/random.ts';

/** What is done with people's addresses and numbers. */
export type PersonalData = 'redact' | 'keep';

/** Ordinary settings that live in cookies and under secret names. */
const COMMON =
  /^(?:true|false|null|none|undefined|default|required|optional|enabled|disabled|active|inactive|password|bearer|basic|light|dark|system|desktop|mobile|accepted|declined|granted|denied|[a-z]{2}[-_][A-Z]{2}|[A-Za-z]+\/[A-Za-z_]+|\d{1,5}|https?:\/\/[^?#]*)$/;
const EMAIL =
  /(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)+/gi;
const EMAIL_ENCODED = /(?<![\w.+-])[\w.+-]{1,64}%40[a-z\d-]+(?:\.[a-z\d-]+)+/gi;
const PHONE = /(?<![\w.+-])\+\d[\d ().-]{6,18}\d(?![\w-])/g;
const PHONE_NAME = /(?:^|_)(?:phone|phone_?number|mobile|mobile_?number|fax|telephone|tel|msisdn|whatsapp)$/i;

/**
 * Every secret value of a recording, and what takes them out of anything. All exchanges are shown to it first: a token
 * that one answer hands out is found in the next request's path as well.
 */
export class Vault {
  readonly #known = new KnownValues();
  readonly #people = new Map<string, string>();
  readonly #personal: PersonalData;

  /** How many different values were found to be secret. */
  get size(): number {
    return this.#known.size;
  }

  constructor(personal: PersonalData) {
    this.#personal = personal;
  }

  /** Remembers a value that is secret because of where it stood. */
  add(value: string): void {
    for (const form of formsOf(value)) if (!COMMON.test(form)) this.#known.add(form);
  }

  /** Remembers what an exchange shows to be secret by the names beside it. */
  learn(exchange: Exchange): void {
    for (const [name, value] of [...exchange.cookies, ...exchange.setCookies])
      // Settings live in cookies too; what is a word there is a word elsewhere.
      if (isSecretName(name) || /\d|.{16}/.test(value)) this.add(value);
    if (exchange.userInfo !== undefined) for (const part of exchange.userInfo.split(':')) this.add(part);
    for (const [name, value] of [...exchange.headers, ...exchange.answerHeaders])
      this.#learnHeader(name, value);
    for (const [name, value] of exchange.query) if (isSecretName(name)) this.add(value);
    for (const content of [exchange.body, exchange.answer]) this.#learnContent(content);
  }

  #learnHeader(name: string, value: string): void {
    if (/^(?:proxy-)?authorization$/.test(name)) {
      const [, scheme = '', credential = ''] = /^(\S+)\s+(.+)$/s.exec(value) ?? [];
      this.add(credential === '' ? value : credential);
      if (/^basic$/i.test(scheme)) this.#learnBasic(credential);
    } else if (name !== 'cookie' && name !== 'set-cookie' && isSecretName(name)) this.add(value);
  }

  #learnBasic(credential: string): void {
    const decoded = Buffer.from(credential, 'base64').toString('utf8');
    for (const part of decoded.split(':')) this.add(part);
  }

  #learnContent(content: Content | undefined): void {
    if (content?.kind === 'form' || content?.kind === 'multipart') {
      for (const { name, value } of content.parts)
        if (value !== undefined && isSecretName(name)) this.add(value);
    }
    const value = jsonOf(content);
    if (value !== undefined) this.#learnValue(value, false, 0);
  }

  #learnValue(value: Json, isSecret: boolean, depth: number): void {
    if (depth > MAX_VALUE_DEPTH * 4) return;
    if (typeof value === 'string' || typeof value === 'number') {
      if (isSecret) this.add(String(value));
    } else if (isArray(value)) {
      for (const item of value) this.#learnValue(item, isSecret, depth + 1);
    } else if (isObject(value)) {
      for (const [name, one] of Object.entries(value)) {
        const isLeaf = typeof one !== 'object' || isArray(one);
        this.#learnValue(one, isLeaf && isSecretName(name), depth + 1);
      }
    }
  }

  /** A text without any secret. */
  text(text: string): string {
    if (text === '') return text;
    const shaped = withoutShapes(text);
    const clean = this.#known.replaceIn(shaped, REDACTED);
    return this.#personal === 'keep' ? clean : this.#withoutPeople(clean);
  }

  #withoutPeople(text: string): string {
    let clean = text;
    // Most texts have none of it; looking costs more than this.
    if (clean.includes('@'))
      clean = clean.replaceAll(EMAIL, (found) => this.#pseudonym(found, 'person', '@'));
    if (clean.includes('%40'))
      clean = clean.replaceAll(EMAIL_ENCODED, (found) => this.#pseudonym(found, 'person', '%40'));
    return clean.includes('+')
      ? clean.replaceAll(PHONE, (found) => this.#pseudonym(found, '+15550100', ''))
      : clean;
  }

  /** The same person keeps the same name, so that what belongs together stays together. */
  #pseudonym(found: string, stem: string, at: string): string {
    const key = found.toLowerCase().replace('%40', '@');
    if (key.endsWith('@example.com') || key.startsWith('+15550100')) return found;
    const number = this.#people.get(key) ?? String(this.#people.size + 1);
    this.#people.set(key, number);
    return at === '' ? `${stem}${number.padStart(3, '0')}` : `${stem}${number}${at}example.com`;
  }

  /** The value of a member or field, judged by its name as well. */
  named(name: string, value: string): string {
    if (isSecretName(name) && value !== '' && !COMMON.test(value)) return REDACTED;
    if (
      this.#personal === 'redact' &&
      PHONE_NAME.test(name.replaceAll(/([a-z])([A-Z])/g, '$1_$2')) &&
      /\d{5}/.test(value)
    )
      return this.#pseudonym(value, '+15550100', '');
    const clean = this.text(value);
    return looksRandom(clean) && !isIdentifier(name) ? REDACTED : clean;
  }

  /** A JSON value without secrets, in its values and in its keys. */
  json(value: Json, name = '', depth = 0): Json {
    if (typeof value === 'string') return name === '' ? this.text(value) : this.named(name, value);
    if (typeof value === 'number') return this.#number(value, name);
    if (depth > MAX_VALUE_DEPTH * 4) return null;
    if (isArray(value)) return value.map((item) => this.json(item, name, depth + 1));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== '__proto__')
        .map(([key, one]) => [this.key(key), this.json(one, key, depth + 1)]),
    );
  }

  #number(value: number, name: string): Json {
    const isSecret = (isSecretName(name) && String(value).length >= 3) || this.#known.has(String(value));
    if (isSecret) return 0;
    const isPhone = this.#personal === 'redact' && PHONE_NAME.test(name) && value > 99_999;
    return isPhone ? 15_550_100 : value;
  }

  /** A key of an object, which is data where the object is a map. */
  key(key: string): string {
    const clean = this.text(key);
    return looksRandom(clean) ? REDACTED : clean;
  }

  /** Parts of a form without secrets. */
  parts(parts: readonly Part[]): Part[] {
    return parts.map(({ name, value }) => ({
      name: this.key(name),
      value: value === undefined ? undefined : this.named(name, value),
    }));
  }

  /** Names and values without secrets. */
  pairs(pairs: Pairs): Pairs {
    return pairs.map(([name, value]) => [this.key(name), this.named(name, value)] as const);
  }

  /** Whether a text holds anything that must not be shown. */
  hides(text: string): boolean {
    return this.text(text) !== text;
  }
}

/** Names whose values are random by nature and no secret. */
const isIdentifier = (name: string): boolean =>
  /(?:^|_|-)(?:id|ids|uid|uuid|guid|gid|sid|key|hash|sha|sha1|sha256|md5|digest|checksum|etag|rev|revision|version|commit|ref|slug|name|arn|urn|cursor|next|previous|after|before|path|url|uri|href|fingerprint)$|(?:[a-z])(?:Id|Ids|Uid|Uuid|Guid|Gid|Sid|Hash|Sha|Digest|Checksum|Etag|Cursor|Url|Uri|Key|Ref)$/i.test(
    name,
  );

/** The value as it is, encoded and decoded: it may be met in a URL as well as in a body. */
function formsOf(value: string): string[] {
  const trimmed = value.trim().replaceAll(/^"|"$/g, '');
  const forms = new Set([trimmed, encodeURIComponent(trimmed), decoded(trimmed)]);
  return [...forms];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
