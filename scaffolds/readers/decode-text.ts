/** Text of a document's bytes: UTF-8, or UTF-16 told by its byte order mark or by its zero bytes. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const bigEndian = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  const littleEndian =
    (first === 0xff && second === 0xfe) || (second === 0 && first !== 0 && bytes.length > 1);
  const encoding = bigEndian ? 'utf-16be' : littleEndian ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
