import { TextDecoder } from 'node:util';
import type { DataDialect } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';

/** A document says its encoding near its beginning: an XML declaration, or `charset` of an HTML page. */
const DECLARED = /<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']|<meta[^>]+?charset\s*=\s*["']?([\w.:-]+)/i;
const DECLARED_WITHIN = 2_048;

function decoderOf(first: Uint8Array, encoding: DataDialect['encoding']): TextDecoder {
  const isWide = encoding.startsWith('utf-16') || (first[0] === 0xef && first[1] === 0xbb);
  const found = isWide
    ? null
    : DECLARED.exec(Buffer.from(first.subarray(0, DECLARED_WITHIN)).toString('latin1'));
  const label = found?.[1] ?? found?.[2] ?? encoding;
  // A text that names an encoding of two bytes could not have been read so far if it had it.
  if (/^utf-?16|^ucs/i.test(label)) return new TextDecoder(encoding);
  try {
    return new TextDecoder(label);
  } catch {
    throw new ToolFailure(`It says that its encoding is ${label}, which is not known.`);
  }
}

/** Text of bytes, piece by piece, in the encoding that a document declares or else in the given one. Throws ToolFailure. */
export async function* textPieces(
  bytes: AsyncIterable<Uint8Array>,
  encoding: DataDialect['encoding'],
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  for await (const chunk of bytes) {
    decoder ??= decoderOf(chunk, encoding);
    yield decoder.decode(chunk, { stream: true });
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield rest;
}
