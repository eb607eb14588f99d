import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';

/** Loaded by the first answer that is packed; most hubs never meet one. */
const nodeZlib = () => process.getBuiltinModule('node:zlib');

const ZLIB_CODINGS = new Set(['gzip', 'x-gzip', 'deflate']);

/** In which coding an answer came (RFC 9110, 8.4.1); undefined where it came as it is. */
export function codingOf({ headers }: IncomingMessage): string | undefined {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  return coding === '' || coding === 'identity' ? undefined : coding;
}

/** What opens a coding; an end that is missing is passed over, as by browsers: whoever reads sees whether all came. */
function openerOf(coding: string): Transform | undefined {
  const zlib = nodeZlib();
  const { constants } = zlib;
  if (ZLIB_CODINGS.has(coding)) return zlib.createUnzip({ finishFlush: constants.Z_SYNC_FLUSH });
  if (coding === 'br') return zlib.createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return coding === 'zstd' ? zlib.createZstdDecompress({ finishFlush: constants.ZSTD_e_flush }) : undefined;
}

/**
 * The content of an answer, opened piece by piece as it comes; undefined in a coding that is not known here. Destroying it ends
 * the answer, too, and whoever reads it is told of an error of either.
 */
export function contentOf(message: IncomingMessage): Readable | undefined {
  const coding = codingOf(message);
  if (coding === undefined) return message;
  const opener = openerOf(coding);
  // An error of either ends the other.
  if (opener) pipeline(message, opener, () => undefined);
  return opener;
}
