import type * as http from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { CREDENTIALS_HEADER, TOKEN_HEADER } from '@counterpart/kit/broker';
import type { Credentialed, Headers } from '../credentials/lent-credentials.ts';
import { createMask, type Mask } from '../credentials/mask.ts';
import { keeping, type KeptBytes } from '../recording/tape.ts';
import { passedHeaders } from './headers.ts';

const UNAUTHORIZED = 401;

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

const EMPTY = [204, 304];

/** Opens what is compressed; undefined where nothing is. */
function decoderOf(
  answer: http.IncomingMessage,
  method: string | undefined,
): NodeJS.ReadWriteStream | undefined {
  const encoding = answer.headers['content-encoding']?.trim().toLowerCase() ?? '';
  const isEmpty = EMPTY.includes(answer.statusCode ?? 0) || method === 'HEAD';
  return !isEmpty && Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.() : undefined;
}

interface Steps {
  readonly steps: readonly NodeJS.ReadWriteStream[];
  readonly opened: boolean;
}

/** Steps between the service's bytes and the server's: what is compressed is opened where something is hidden or kept. */
function stepsOf(answer: http.IncomingMessage, mask: Mask, { request, got }: Passing): Steps {
  const last = [mask.stream(), got && keeping(got)].filter((step) => step !== undefined);
  if (last.length === 0) return { steps: [], opened: false };
  const decoder = decoderOf(answer, request.method);
  return decoder === undefined ? { steps: last, opened: false } : { steps: [decoder, ...last], opened: true };
}

interface Passing {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly lent: Credentialed;
  /** Keeps the body, when somebody wants it. */
  readonly got?: KeptBytes | undefined;
}

/** Answers a server with what its service says, without secrets that the service repeats; the headers it was given. */
export async function passBack(answer: http.IncomingMessage, passing: Passing): Promise<Headers> {
  const { response, lent } = passing;
  const mask = createMask(lent.secrets);
  const { steps, opened } = stepsOf(answer, mask, passing);
  const passed = Object.fromEntries(
    Object.entries(passedHeaders(answer))
      .filter(([name]) => !(opened && (name === 'content-encoding' || name === 'content-length')))
      .map(([name, values]) => [name, values.map((value) => mask.text(value))] as const),
  );
  const renewed = answer.statusCode === UNAUTHORIZED && lent.forget();
  response.sendDate = false;
  response.writeHead(answer.statusCode ?? 0, answer.statusMessage, {
    ...passed,
    ...(lent.variables.length === 0 ? {} : { [CREDENTIALS_HEADER]: lent.variables.join(', ') }),
    ...(renewed ? { [TOKEN_HEADER]: 'renewed' } : {}),
  });
  await pipeline([answer, ...steps, response]);
  return passed;
}
