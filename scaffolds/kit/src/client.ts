import { CounterpartError } from '@counterpart/schemas/errors';
import type { Blueprint, Json, Operation } from '@counterpart/schemas';
import { permissionsOf } from './compile/credentials/slots.ts';
import type { Env } from './env.ts';
import { ToolFailure } from './failure.ts';
import { addressOf } from './http/address.ts';
import { CONNECT_TIMEOUT_MS, LARGEST_ANSWER_BYTES } from './http/limits.ts';
import { send, type Sent } from './http/send.ts';
import { decodeText, isJsonType, isTextType, mediaTypeOf } from './interpret/media.ts';
import { buildRequest } from './interpret/request.ts';
import { timeoutMs } from './interpret/settings.ts';
import { wireOf } from './interpret/wire.ts';
import { parseJson } from './json-value.ts';
import { authorised } from './tokens/tokens.ts';
import { proofOf } from './credentials/proof.ts';
import type { Arguments } from './tools/tool.ts';
import { check } from './validate/check.ts';
import { problemText } from './validate/problem.ts';

/** The service answered with a status of 400 or more. */
export class ServiceError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer as JSON, text or bytes. */
  readonly data: unknown;

  constructor(operation: string, sent: Pick<Sent, 'status' | 'headers'>, data: unknown) {
    super(`${operation}: the service answered ${sent.status}`);
    this.name = 'ServiceError';
    this.status = sent.status;
    this.headers = sent.headers;
    this.data = data;
  }
}

/** Arguments that the operation does not take, or credentials and settings that are missing; nothing was sent. */
export class InputError extends Error {
  readonly problems: readonly string[];

  constructor(operation: string, problems: readonly string[]) {
    super(`${operation}: ${problems.join('; ')}`);
    this.name = 'InputError';
    this.problems = problems;
  }
}

/** Calls the operations of one service. */
export interface ServiceClient {
  /**
   * The answer as JSON, text, or bytes, by its media type; undefined when it is empty. Rejects with InputError,
   * ServiceError, or HttpFailure.
   */
  call(operation: string, input: Arguments, signal?: AbortSignal): Promise<unknown>;
}

/** A client of the service that a blueprint describes, with settings and credentials read through `env`. */
export function createServiceClient(blueprint: Blueprint, env: Env): ServiceClient {
  const operations = new Map(blueprint.operations.map((operation) => [operation.name, operation]));
  return {
    async call(name, input, signal = new AbortController().signal) {
      const operation = operations.get(name);
      if (operation === undefined) throw new TypeError(`${name} is no operation of ${blueprint.title}`);
      assertValid(blueprint, operation, input);
      const wire = await wireOf(blueprint, operation);
      const permit = await asInputError(name, () => authorised(blueprint, operation, env, signal));
      const built = await asInputError(name, () => {
        const carried = wire.toRequest(input);
        return buildRequest(blueprint, permit.of(carried.operation), carried.args, permit.env);
      });
      const proof = await asInputError(name, () => proofOf(built.credentials, built.baseUrl));
      const sent = wire.fromAnswer(
        await asInputError(
          name,
          () =>
            wire.collect?.(proof?.sign?.(built.request) ?? built.request, input, {
              signal,
              progress: () => undefined,
              timeoutMs: timeoutMs(env, blueprint.id),
              proof,
            }) ??
            send(built.request, {
              idempotent: operation.idempotent,
              hosts: [addressOf(built.baseUrl).host, ...permissionsOf(blueprint)],
              timeoutMs: timeoutMs(env, blueprint.id),
              connectTimeoutMs: CONNECT_TIMEOUT_MS,
              maxBytes: LARGEST_ANSWER_BYTES,
              proof,
              signal,
            }),
        ),
      );
      const data = dataOf(sent);
      if (sent.status >= 400) throw new ServiceError(name, sent, data);
      return data;
    },
  };
}

async function asInputError<T>(operation: string, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof ToolFailure) throw new InputError(operation, [error.text]);
    if (error instanceof CounterpartError) throw new InputError(operation, [error.message, error.fix]);
    throw error;
  }
}

function assertValid({ types }: Blueprint, { name, input }: Operation, args: Arguments): void {
  if (typeof input === 'boolean') return;
  const problems = check({ ...input, $defs: types }, args).map(problemText);
  if (problems.length > 0) throw new InputError(name, problems);
}

function dataOf({ body, headers }: Sent): Json | Buffer | undefined {
  if (body.byteLength === 0) return undefined;
  const type = headers['content-type'];
  const mediaType = mediaTypeOf(type);
  if (isJsonType(mediaType)) return parseJson(decodeText(body, type));
  return isTextType(mediaType) ? decodeText(body, type) : body;
}
