import { STATUS_CODES } from 'node:http';
import type { Json, JsonObject } from '@counterpart/schemas';
import { headerOf, type Exchange } from '../entries/exchange.ts';
import type { PathGroup } from '../paths/templates.ts';
import { contentsOf } from './contents.ts';
import { headerParameters, pathParameters, queryParameters, type Reading } from './parameters.ts';
import { securityOf } from './security.ts';

/** Headers of an answer that a caller has use for. */
const TELLING_HEADER =
  /^(?:location|link|etag|retry-after|x-total(?:-count|-pages)?|x-(?:page|per-page|next-page|prev-page)|x-ratelimit-(?:limit|remaining|reset)|ratelimit(?:-\w+)?)$/;

/** One operation as OpenAPI has it, merged over all its exchanges. */
export function operationOf(group: PathGroup, exchanges: readonly Exchange[], reading: Reading): JsonObject {
  const parameters = [
    ...pathParameters(group, reading),
    ...queryParameters(exchanges, reading),
    ...headerParameters(exchanges, reading),
  ];
  const bodies = exchanges.flatMap(({ body }) => body ?? []);
  return {
    tags: tagsOf(group.path),
    description: describe(group, exchanges),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(bodies.length > 0
      ? {
          requestBody: {
            required: bodies.length === exchanges.length,
            content: contentsOf(bodies, reading.vault),
          },
        }
      : {}),
    responses: responsesOf(exchanges, reading),
    ...securityOf(exchanges, reading),
  };
}

/** The first piece that names something. */
function tagsOf(path: string): string[] {
  const piece = path
    .split('/')
    .find((one) => /^[A-Za-z]/.test(one) && !/^(?:api|apis|rest|v\d[\w.]*)$/i.test(one));
  return piece === undefined ? [] : [piece];
}

function describe({ path }: PathGroup, exchanges: readonly Exchange[]): string {
  const statuses = [
    ...new Set(exchanges.map(({ status }) => status).filter((status) => status > 0)),
  ].toSorted((a, b) => a - b);
  const method = exchanges[0]?.method ?? '';
  const times = exchanges.length === 1 ? 'once' : `${exchanges.length} times`;
  const answers = statuses.length === 0 ? 'without an answer' : `answered ${statuses.join(', ')}`;
  return `${method} ${path}, learned from traffic: recorded ${times}, ${answers}.`;
}

function responsesOf(exchanges: readonly Exchange[], reading: Reading): JsonObject {
  const byStatus = Map.groupBy(
    exchanges.filter(({ status }) => status >= 200 && status !== 304),
    ({ status }) => status,
  );
  return Object.fromEntries(
    [...byStatus].map(([status, list]): [string, Json] => {
      const content = contentsOf(
        list.flatMap(({ answer }) => answer ?? []),
        reading.vault,
      );
      const headers = headersOf(list);
      return [
        String(status),
        {
          description: STATUS_CODES[status] ?? 'Answer',
          ...(Object.keys(content).length > 0 ? { content } : {}),
          ...(headers === undefined ? {} : { headers }),
        },
      ];
    }),
  );
}

function headersOf(exchanges: readonly Exchange[]): JsonObject | undefined {
  const names = new Set(
    exchanges.flatMap(({ answerHeaders }) =>
      answerHeaders.map(([name]) => name).filter((name) => TELLING_HEADER.test(name)),
    ),
  );
  if (names.size === 0) return undefined;
  const entries = [...names].map((name): [string, Json] => {
    const values = exchanges.flatMap(({ answerHeaders }) => headerOf(answerHeaders, name) ?? []);
    const type = values.every((value) => /^\d{1,9}$/.test(value)) ? 'integer' : 'string';
    return [name, { schema: { type } }];
  });
  return Object.fromEntries(entries);
}
