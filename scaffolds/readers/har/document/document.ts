import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Json, JsonObject, Omission } from '@counterpart/schemas';
import { objectMember, pointerTo } from '../../openapi/source/json-tree.ts';
import type { HostShare } from '../entries/hosts.ts';
import type { Exchange } from '../entries/exchange.ts';
import type { Recording } from '../entries/recording.ts';
import { hitOf } from '../paths/hit.ts';
import { induceTemplates, type PathGroup } from '../paths/templates.ts';
import { detectAuth, type DetectedAuth } from '../secrets/auth.ts';
import { looksRandom } from '../../../secrets/random.ts';
import { graphqlCalls, graphqlOperation, type GraphqlCall } from './graphql.ts';
import { operationOf } from './operation.ts';
import type { Reading } from './parameters.ts';

/** The traffic of the chosen hosts as an OpenAPI 3.1 document, and where its operations come from. */
export interface DescribedTraffic {
  readonly document: JsonObject;
  /** Pointer of an operation in the document → index of the first entry that recorded it. */
  readonly firstEntry: ReadonlyMap<string, number>;
  /** Pointers of operations that only read, whatever their method says. */
  readonly reading: ReadonlySet<string>;
  readonly omitted: readonly Omission[];
}

const FIXED_METHODS = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'QUERY']);

/** Describes what was recorded of these hosts; the first one is where calls go unless an operation says otherwise. */
export async function describeTraffic(
  hosts: readonly HostShare[],
  recording: Recording,
): Promise<DescribedTraffic> {
  const auth = detectAuth(
    hosts.flatMap(({ exchanges }) => exchanges),
    recording.preflights,
  );
  const writer = new DocumentWriter({ vault: recording.vault, auth });
  for (const [index, host] of hosts.entries()) {
    writer.addHost(host, { isFirst: index === 0, recording });
    await nextTurn();
  }
  return writer.finish(hosts[0], auth);
}

class DocumentWriter {
  readonly #reading: Reading;
  readonly #paths = new Map<string, Record<string, Json>>();
  readonly #firstEntry = new Map<string, number>();
  readonly #queries = new Set<string>();
  readonly #omitted: Omission[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  addHost(host: HostShare, { isFirst, recording }: { isFirst: boolean; recording: Recording }): void {
    const servers = isFirst ? {} : { servers: [{ url: `${host.scheme}://${host.host}` }] };
    const calls = host.exchanges.map((exchange) => ({ exchange, calls: graphqlCalls(exchange) }));
    const plain = calls.flatMap(({ exchange, calls: found }) => (found.length === 0 ? [exchange] : []));
    const { vault } = this.#reading;
    const groups = induceTemplates(plain.map(hitOf), {
      mentioned: recording.mentioned,
      secret: (text) => looksRandom(text) || vault.hides(text),
      hidden: (text) => vault.hides(text),
    });
    for (const group of groups) this.#addGroup(group, { host, isFirst, servers });
    this.#addGraphql(
      calls.flatMap(({ calls: found }) => found),
      servers,
    );
  }

  #addGroup(
    group: PathGroup,
    { host, isFirst, servers }: { host: HostShare; isFirst: boolean; servers: JsonObject },
  ): void {
    const byMethod = Map.groupBy(group.hits, ({ exchange }) => exchange.method);
    for (const [method, hits] of byMethod) {
      const exchanges = hits.map(({ exchange }) => exchange);
      if (isNowhere(exchanges)) this.#leaveOut(`${method} ${group.path}`, exchanges);
      else {
        const key = isFirst ? group.path : `${group.path}#${host.host}`;
        this.#put(key, method, { ...operationOf(group, exchanges, this.#reading), ...servers }, exchanges);
      }
    }
  }

  #addGraphql(calls: readonly GraphqlCall[], servers: JsonObject): void {
    const byName = Map.groupBy(calls, ({ exchange, name }) => `${exchange.path}#${name}`);
    for (const [key, list] of byName) {
      const exchanges = list.map(({ exchange }) => exchange);
      const pointer = this.#put(
        key,
        'POST',
        { ...graphqlOperation(list, this.#reading), ...servers },
        exchanges,
      );
      if (list[0]?.kind !== 'mutation') this.#queries.add(pointer);
    }
    const byEndpoint = Map.groupBy(
      calls,
      ({ exchange }) => `${exchange.scheme}://${exchange.host}${exchange.path}`,
    );
    for (const [endpoint, list] of byEndpoint) {
      const names = [...new Set(list.map(({ name }) => name))];
      this.#omitted.push({
        code: 'graphql-endpoint',
        severity: 'notice',
        subject: endpoint,
        reason: `It speaks GraphQL; recorded there: ${names.slice(0, 30).join(', ')}${names.length > 30 ? ` and ${names.length - 30} more` : ''}. \`hub build --from ${endpoint}\` asks the endpoint itself for all it can do.`,
        source: { pointer: `#/log/entries/${list[0]?.exchange.index ?? 0}` },
      });
    }
  }

  #put(path: string, method: string, operation: JsonObject, exchanges: readonly Exchange[]): string {
    const item = this.#paths.get(path) ?? {};
    this.#paths.set(path, item);
    const isFixed = FIXED_METHODS.has(method);
    const keys = isFixed ? [method.toLowerCase()] : ['additionalOperations', method];
    if (isFixed) item[method.toLowerCase()] = operation;
    else
      item['additionalOperations'] = { ...objectMember(item, 'additionalOperations'), [method]: operation };
    const pointer = pointerTo('#', 'paths', path, ...keys);
    this.#firstEntry.set(pointer, Math.min(...exchanges.slice(0, 1_000).map(({ index }) => index)));
    return pointer;
  }

  #leaveOut(subject: string, exchanges: readonly Exchange[]): void {
    const statuses = [...new Set(exchanges.map(({ status }) => status))].join(', ');
    this.#omitted.push({
      code: 'operation-invalid',
      severity: 'notice',
      subject,
      reason: `It was answered ${statuses} only: the service does not have it.`,
      source: { pointer: `#/log/entries/${exchanges[0]?.index ?? 0}` },
    });
  }

  finish(first: HostShare | undefined, auth: DetectedAuth): DescribedTraffic {
    this.#omitted.push(
      ...auth.notices.map((reason): Omission => ({
        code: 'guessed',
        severity: 'notice',
        subject: 'authentication',
        reason,
        source: { pointer: '#/log' },
      })),
    );
    const document = {
      openapi: '3.2.0',
      info: { title: first?.host ?? 'Recorded traffic', version: '' },
      servers: first === undefined ? [] : [{ url: `${first.scheme}://${first.host}` }],
      paths: Object.fromEntries([...this.#paths].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      components: { securitySchemes: Object.fromEntries(auth.schemes) },
    };
    return { document, firstEntry: this.#firstEntry, reading: this.#queries, omitted: this.#omitted };
  }
}

/** Answered as nothing that is there, every time. */
const isNowhere = (exchanges: readonly Exchange[]): boolean =>
  exchanges.every(({ status }) => status === 404 || status === 405 || status === 501);
