import { toUSVString } from 'node:util';

/** Percent-encodes everything but RFC 3986's unreserved characters. Lone surrogates become U+FFFD. */
export function encodeStrict(text: string): string {
  return encodeURIComponent(toUSVString(text)).replace(/[!'()*]/g, hex);
}

const hex = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/**
 * RFC 6570 reserved expansion for a query: reserved characters and `%XX` stay, but not those that would end the value
 * (`#`, `&`), be read as a blank (`+`), or are illegal in a query (`[`, `]`).
 */
export function encodeReserved(text: string): string {
  return toUSVString(text).replace(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~:/?@!$'()*,;=]/gu, (part) =>
    /^%[0-9A-Fa-f]{2}$/.test(part) ? part : encodeStrict(part),
  );
}

/** Reserved expansion for a path: like the query's, but never a character that would leave the path. */
export function encodeReservedPath(text: string): string {
  return encodeReserved(text).replace(/\?/g, '%3F');
}

/** Encodes what may not stand in a path template's literal text; what is already encoded stays. */
export function encodeLiteral(text: string): string {
  return toUSVString(text).replace(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~:/?@!$&'()*+,;=[\]]/gu, (part) =>
    /^%[0-9A-Fa-f]{2}$/.test(part) ? part : encodeStrict(part),
  );
}

/** A name or value of `application/x-www-form-urlencoded` (WHATWG URL, 5.2): blanks are `+`, `*` stays, `~` does not. */
export function encodeForm(text: string): string {
  return encodeStrict(text).replace(/%20/g, '+').replace(/%2A/g, '*').replace(/~/g, '%7E');
}

/** The same for a value whose reserved characters may stay. */
export function encodeFormReserved(text: string): string {
  return encodeReserved(text).replace(/%20/g, '+').replace(/~/g, '%7E');
}
