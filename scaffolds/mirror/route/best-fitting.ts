import type { Blueprint } from '@counterpart/schemas';
import type { RequestProblem } from '../answer/problem.ts';
import { declaresMember, propertySchema, type Typing } from '../request/coerce.ts';
import { credentialNames } from '../request/credentials.ts';
import { decodeRequest, type DecodedRequest, type RawRequest } from '../request/decode-request.ts';
import { validateRequest } from '../request/validate-request.ts';
import { isObject } from '../schema/json-value.ts';
import type { RouteCandidate } from './router.ts';

/** A request as an operation reads it, and what is wrong with it then. */
export interface Reading {
  readonly request: DecodedRequest;
  readonly problems: readonly RequestProblem[];
}

interface Readers {
  readonly blueprint: Blueprint;
  readonly typing: Typing;
}

/**
 * Of operations that share a route, the one that the request breaks least, of those the one that knows most of it, and of
 * those the one that lists most of its values: what says exactly this is meant. The first when they are alike; undefined when
 * there is none.
 */
export async function readBestFitting(
  { blueprint, typing }: Readers,
  candidates: readonly RouteCandidate[],
  raw: RawRequest,
): Promise<Reading | undefined> {
  const readings: Reading[] = [];
  for (const candidate of candidates) {
    const credentials = credentialNames(blueprint, candidate.operation);
    const request = await decodeRequest(candidate, raw, typing, credentials);
    readings.push({ request, problems: validateRequest(request, typing.book) });
  }
  if (readings.length < 2) return readings[0];
  const ranked = readings.map((reading) => ({ reading, ...acquaintance(reading, typing) }));
  ranked.sort(
    (a, b) =>
      a.reading.problems.length - b.reading.problems.length ||
      a.strangers - b.strangers ||
      b.listed - a.listed,
  );
  return ranked[0]?.reading;
}

/** How much of a request its operation does not know, and how many of its members have values that the operation lists. */
function acquaintance({ request }: Reading, typing: Typing): { strangers: number; listed: number } {
  const { body, unknownQuery } = request;
  const members = isObject(body?.value) ? Object.keys(body.value) : [];
  const schema = body?.content.schema ?? true;
  const known = members.filter((name) => declaresMember(schema, name, typing));
  const isListed = (name: string): boolean => {
    const { keywords = {} } = typing.shapeOf(propertySchema(schema, name, typing)) ?? {};
    return 'enum' in keywords || 'const' in keywords;
  };
  return {
    strangers: unknownQuery.length + members.length - known.length,
    listed: known.filter(isListed).length,
  };
}
