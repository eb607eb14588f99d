import { type AuthScheme, type Blueprint, type Json, REDACTED } from '@counterpart/schemas';
import { isNumber } from '@counterpart/schemas/exact-json';
import { isArray, isObject, parseJson } from '../schema/json-value.ts';
import { isJsonType } from '../request/media-type.ts';
import { withoutShapes } from '../../secrets/forms.ts';
import { isSecretName } from '../../secrets/names.ts';

/** Takes secrets out of what is about to be written down. */
export interface Redaction {
  /** Whether the value that goes by this name is never written down. */
  isSecret(name: string): boolean;
  /** The value of a header, query parameter or cookie. */
  named(name: string, value: string): string;
  /** A path, an address or any other text. */
  text(text: string): string;
  /** A body, by its type. */
  body(mediaType: string, text: string): string;
}

/** Shorter texts would blank out ordinary words. */
const MIN_SECRET_LENGTH = 6;

function placesOf(scheme: AuthScheme): readonly string[] {
  if (scheme.kind === 'api-key') return [scheme.name];
  if (scheme.kind === 'aws-sigv4') return ['authorization', 'x-amz-security-token'];
  if (scheme.kind === 'soap-header') return [];
  if (scheme.kind !== 'signature') return ['authorization'];
  return scheme.signature.form === 'template'
    ? scheme.signature.places.map(({ name }) => name)
    : ['signature'];
}

/**
 * The redaction of one mirror. `names` are secret beside those that are by their words and those that the blueprint's
 * authentication uses; `secrets` are texts that are blanked out wherever they stand.
 */
export function createRedaction(
  blueprint: Pick<Blueprint, 'auth'>,
  { names = [], secrets = [] }: { readonly names?: readonly string[]; readonly secrets?: readonly string[] },
): Redaction {
  const known = new Set(
    [...names, ...Object.values(blueprint.auth.schemes).flatMap(placesOf)].map((name) => name.toLowerCase()),
  );
  const forms = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length);
  const isSecret = (name: string): boolean => known.has(name.toLowerCase()) || isSecretName(name);
  const text = (value: string): string =>
    withoutShapes(forms.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), value));
  const redaction: Redaction = {
    isSecret,
    text,
    named: (name, value) => (isSecret(name) ? REDACTED : text(value)),
    body: (mediaType, value) => text(redactBody(mediaType, value, isSecret)),
  };
  return redaction;
}

type IsSecret = (name: string) => boolean;

function redactBody(mediaType: string, text: string, isSecret: IsSecret): string {
  if (/x-www-form-urlencoded/i.test(mediaType)) return redactForm(text, isSecret);
  if (/multipart\//i.test(mediaType)) return redactParts(text, isSecret);
  if (isJsonType(mediaType) || /^\s*[[{]/.test(text)) return redactJson(text, isSecret);
  if (/xml|html/i.test(mediaType) || /^\s*</.test(text)) return redactElements(text, isSecret);
  return text;
}

/** JSON, or lines of it; what holds no secret stays byte for byte. */
function redactJson(text: string, isSecret: IsSecret): string {
  const parsed = parseJson(text);
  if (parsed.kind === 'value') {
    const clean = redactValue(parsed.value, isSecret);
    return clean === parsed.value ? text : JSON.stringify(clean);
  }
  if (!text.includes('\n')) return redactBrokenJson(text, isSecret);
  return text
    .split('\n')
    .map((line) => {
      const one = parseJson(line);
      if (one.kind !== 'value') return redactBrokenJson(line, isSecret);
      const clean = redactValue(one.value, isSecret);
      return clean === one.value ? line : JSON.stringify(clean);
    })
    .join('\n');
}

/** JSON that breaks off still has members with names. */
function redactBrokenJson(text: string, isSecret: IsSecret): string {
  return text.replaceAll(
    /"((?:[^"\\]|\\.)*)"(\s*:\s*)("(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*)/g,
    (whole, name: string, colon: string) => (isSecret(name) ? `"${name}"${colon}"${REDACTED}"` : whole),
  );
}

/** The same value when nothing in it is secret. */
function redactValue(value: Json, isSecret: IsSecret): Json {
  if (isArray(value)) {
    const items = value.map((item) => redactValue(item, isSecret));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]): [string, Json] => [
    name,
    isSecret(name) ? blank(member) : redactValue(member, isSecret),
  ]);
  return members.some(([name, member]) => member !== value[name]) ? Object.fromEntries(members) : value;
}

/** A value of the same type that tells nothing. */
function blank(value: Json): Json {
  if (typeof value === 'string') return value === '' ? '' : REDACTED;
  if (isNumber(value)) return 0;
  if (isArray(value)) return value.map(blank);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, blank(member)]));
  return value;
}

function redactForm(text: string, isSecret: IsSecret): string {
  return text
    .split('&')
    .map((pair) => {
      const [name = ''] = pair.split('=');
      const isOpen = !pair.includes('=') || !isSecret(decodeName(name));
      return isOpen ? pair : `${name}=${encodeURIComponent(REDACTED)}`;
    })
    .join('&');
}

/** A name of a query or form, decoded as far as it can be. */
export function decodeName(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}

/** Parts of a multipart body whose name is secret (RFC 7578, 4.2). */
function redactParts(text: string, isSecret: IsSecret): string {
  return text.replaceAll(
    /(name="([^"]*)"(?:[^\r\n]*\r?\n)+?\r?\n)([\s\S]*?)(?=\r?\n--)/g,
    (whole, head: string, name: string) => (isSecret(name) ? `${head}${REDACTED}` : whole),
  );
}

/** Elements and attributes of markup whose name is secret. */
function redactElements(text: string, isSecret: IsSecret): string {
  const inElements = text.replaceAll(
    /<([\w:.-]+)((?:\s[^<>]*)?)>([^<]*)(?=<)/g,
    (whole, name: string, attributes: string, content: string) =>
      content !== '' && isSecret(name) ? `<${name}${attributes}>${REDACTED}` : whole,
  );
  return inElements.replaceAll(
    /(\s([\w:.-]+)=)(["'])[^"'<>]*\3/g,
    (whole, head: string, name: string, quote: string) =>
      isSecret(name) ? `${head}${quote}${REDACTED}${quote}` : whole,
  );
}
