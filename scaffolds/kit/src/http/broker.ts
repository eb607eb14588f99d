import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BROKER_NAME } from '../compile/credentials/env-names.ts';
import { processEnv, type Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import { isMembers, parseJson } from '../json-value.ts';
import { HttpFailure, type HttpFailureKind } from './failures/http-failure.ts';

// Between a server without a network of its own and the broker. None of these headers is passed on to a service, or
// taken from one.

/** Begins the name of every header of this protocol. */
export const BROKER_HEADERS = 'counterpart-';
/** Of a request: the operation whose credentials it wants. */
export const OPERATION_HEADER = 'counterpart-operation';
/** Of an answer by the broker itself: why there is none of the service. */
export const REFUSAL_HEADER = 'counterpart-refusal';
/** Of an answer: names of the variables whose credentials were sent, joined by a comma. */
export const CREDENTIALS_HEADER = 'counterpart-credentials';
/** Of an answer with status 401: the token was given up, and the next request has another one. */
export const TOKEN_HEADER = 'counterpart-token';

const MOST_REFUSAL_BYTES = 64 * 1024;

/** The broker's socket; undefined where a server has a network of its own. */
export const brokerSocket = (): string | undefined => processEnv(BROKER_NAME);

/** The broker's socket for HTTP/2 stands beside the one for HTTP/1. */
export const HTTP2_SUFFIX = '.h2';

/** Whether requests go through a broker, which adds credentials to them. */
export const isBrokered = (env: Env): boolean => env(BROKER_NAME) !== undefined;

const FAILURES: readonly HttpFailureKind[] = ['connect', 'network', 'timeout', 'untrusted', 'certificate'];

/** An answer with its body still to come. */
export interface Answering {
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size <= MOST_REFUSAL_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What the broker says in place of the service, as the failure it is; undefined for an answer of the service. */
export const brokerFailure = (response: IncomingMessage): Promise<Error | undefined> =>
  brokerFailureIn({ headers: response.headers, body: response });

/** The same of an answer in another protocol than HTTP/1. */
export async function brokerFailureIn({ headers, body }: Answering): Promise<Error | undefined> {
  const kind = headers[REFUSAL_HEADER];
  if (kind === undefined || brokerSocket() === undefined) return undefined;
  const said = parseJson(await readText(body));
  const { message, fix } = isMembers(said) ? said : {};
  const text = typeof message === 'string' ? message : 'The broker of this hub refused the request.';
  const known = FAILURES.find((one) => one === kind);
  if (known !== undefined) return new HttpFailure(known, text);
  return new ToolFailure(text, typeof fix === 'string' ? { nextStep: fix } : {});
}

interface Answer {
  readonly headers: Readonly<Record<string, string>>;
}

/** Variables whose credentials the broker sent along; undefined where there is no broker. */
export const variablesSent = ({ headers }: Answer): readonly string[] | undefined =>
  headers[CREDENTIALS_HEADER]?.split(', ').filter((name) => name !== '');

/** Whether the broker gave up the token that was refused: the call may be tried once more. */
export const isTokenRenewed = ({ headers }: Answer): boolean => headers[TOKEN_HEADER] !== undefined;
