import type { Blueprint, Operation } from '@counterpart/schemas';
import type { RequestProblem } from '../answer/problem.ts';
import type { Typing } from '../request/coerce.ts';
import { credentialNames } from '../request/credentials.ts';
import { decodeRequest, type RawRequest } from '../request/decode-request.ts';
import { validateRequest } from '../request/validate-request.ts';
import { createRouter, matchRoute, type RouteCandidate } from '../route/router.ts';
import { createShapes } from '../sample/shape.ts';
import { createSchemaBook } from '../schema/schema-book.ts';

/** A request as a blueprint sees it. */
export interface ReadRequest {
  readonly operation: Operation;
  readonly problems: readonly RequestProblem[];
}

/** Holds requests against a blueprint without answering them. */
export interface ContractReader {
  readonly blueprint: Blueprint;
  readonly typing: Typing;
  /** The operation that a request leads to, by method and path alone; the most special one. */
  operation(request: Pick<RawRequest, 'method' | 'path' | 'query'>): Operation | undefined;
  /** The operation that a request breaks least, and where it breaks it; undefined when none has its method and path. */
  read(request: RawRequest): Promise<ReadRequest | undefined>;
}

/** Opens a blueprint for reading; schemas are compiled when something is held against them. */
export function createContractReader(blueprint: Blueprint): ContractReader {
  const book = createSchemaBook(blueprint.types);
  const typing: Typing = { book, shapeOf: createShapes(book.type) };
  const router = createRouter(blueprint.operations);
  const candidates = ({ method, path, query }: Pick<RawRequest, 'method' | 'path' | 'query'>) => {
    const match = matchRoute(router, method, path, query);
    return match.kind === 'found' ? match.groups.flat() : [];
  };
  const readAs = async (candidate: RouteCandidate, request: RawRequest): Promise<ReadRequest> => {
    const { operation } = candidate;
    const decoded = await decodeRequest(candidate, request, typing, credentialNames(blueprint, operation));
    return { operation, problems: validateRequest(decoded, book) };
  };
  return {
    blueprint,
    typing,
    operation: (request) => candidates(request)[0]?.operation,
    async read(request) {
      let best: ReadRequest | undefined;
      for (const candidate of candidates(request)) {
        const reading = await readAs(candidate, request);
        if (!best || reading.problems.length < best.problems.length) best = reading;
        if (best.problems.length === 0) break;
      }
      return best;
    },
  };
}
