/** Bits of surprise in each character of a text (Shannon), at most 6 or so for base64. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** What a name is put together of: words, years, small numbers, `k8s` and `v1beta2`. */
const NAME_PIECE = /^(?:[a-z]+|[A-Z][a-z]+|\d{1,4}|[a-z]{1,5}\d{1,2}(?:[a-z]{1,5}\d{0,2})?)$/;

/** A run of letters and digits that no person wrote: long, mixed and without pattern. */
export function looksRandom(text: string): boolean {
  if (text.length < 20 || text.length > 4_096 || !/^[\w+/=.~:|%-]+$/.test(text)) return false;
  if (!/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return false;
  if (/^\d{4}-\d\d-\d\d/.test(text) || /^https?:/i.test(text)) return false;
  if (text.split(/[-_.:/~]/).every((piece) => NAME_PIECE.test(piece))) return false;
  return entropyOf(text) >= (/^[\da-f]+$/i.test(text) ? 3 : 3.6);
}
