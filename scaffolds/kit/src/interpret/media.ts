/** A media type without parameters, lower case; empty when there is none. */
export function mediaTypeOf(contentType: string | undefined): string {
  return contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
}

export const isJsonType = (mediaType: string): boolean =>
  /[/+]json$/.test(mediaType) || mediaType === 'application/json5';

/** True for a content type that says JSON, whatever its case and parameters. */
export const saysJson = (contentType: string): boolean => /[/+]json\b/i.test(contentType);

/** True for the type of forms, whatever its case and parameters. */
export const isFormType = (contentType: string): boolean =>
  mediaTypeOf(contentType) === 'application/x-www-form-urlencoded';

const TEXT_TYPES =
  /^(?:text\/|application\/(?:xml|yaml|x-yaml|toml|javascript|x-www-form-urlencoded|x-ndjson|jsonl|ld\+json|graphql|sql|x-sh)$|image\/svg\+xml$)|\+(?:xml|yaml)$/;

export const isTextType = (mediaType: string): boolean => TEXT_TYPES.test(mediaType);

/** Bytes that read as text: valid UTF-8 without control characters that text does not hold. */
export function looksLikeText(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 4_096);
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return false;
  // The cut may fall inside a character, so up to three bytes at the end do not count.
  const text = head.toString('utf8');
  return !text.slice(0, -3).includes('\uFFFD');
}

/** Bytes as text in the charset that the content type names; UTF-8 when it names none or one nobody knows. */
export function decodeText(bytes: Buffer, contentType: string | undefined): string {
  const charset = /charset="?([\w.:-]+)"?/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}
