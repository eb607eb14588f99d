import { hubError, type Json, type JsonObject, type Omission } from '@counterpart/schemas';
import { listMember, objectMember, pointerTo, textMember } from '../openapi/source/json-tree.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { endpointOf } from '../styles/address.ts';
import { readAsRest } from '../styles/as-rest.ts';
import { effectOfName } from '../styles/effect.ts';
import { parseOpenRpc } from './document.ts';
import { aboutOf, methodAt, type Method } from './retell.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'json-rpc@1';

/** Services want a token as a rule, and OpenRPC has no word for it: one is sent when it is there. */
const BEARER = {
  type: 'http',
  scheme: 'bearer',
  description: 'Sent when it is set; the description does not say whether it must be.',
};

/**
 * Compiles an OpenRPC document, a file or what a service answered to `rpc.discover`, into a blueprint. Rejects with
 * OPENRPC_UNREADABLE, SOURCE_EMPTY or INCLUDE_UNMATCHED; whatever else is wrong costs only the method it is wrong in.
 */
export async function readJsonRpc(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const root = parseOpenRpc(source);
  const { methods, omitted } = methodsOf(root);
  if (methods.length === 0)
    throw hubError('SOURCE_EMPTY', {
      source: source.location,
      detail: `none of its ${omitted.length} methods can be called for a result`,
    });
  const address = addressOf(root, source, options.baseUrl);
  const byPath = new Map(methods.map((method) => [pathOf(method), method]));
  const { blueprint, total } = await readAsRest(
    {
      document: documentOf(root, methods, address.origin),
      omitted: [...omitted, ...address.omitted],
      pointerOf: (pointer) => pointerInSource(pointer, byPath),
      asCalled({ http }) {
        const method = byPath.get(http.path);
        return method === undefined ? {} : { ...effectOfName(method.name), rpc: method.call };
      },
    },
    source,
    { ...options, baseUrl: options.baseUrl === undefined ? undefined : address.origin },
  );
  return {
    total,
    blueprint: {
      ...blueprint,
      source: {
        ...blueprint.source,
        kind: 'json-rpc',
        format: `openrpc ${textMember(root, 'openrpc') ?? ''}`.trim(),
        reader: READER,
      },
      rpc: { path: address.path },
    },
  };
}

function methodsOf(root: JsonObject): { readonly methods: Method[]; readonly omitted: Omission[] } {
  const methods: Method[] = [];
  const omitted: Omission[] = [];
  const seen = new Set<string>();
  for (const [index, entry] of listMember(root, 'methods').entries()) {
    const method = methodAt(root, entry, index);
    if ('code' in method) omitted.push(method);
    else if (seen.has(method.name))
      omitted.push({
        code: 'duplicate',
        severity: 'operation',
        subject: method.name,
        reason: 'Another method before it has the same name.',
        source: { pointer: `#/methods/${index}` },
      });
    else methods.push(method);
    if (!('code' in method)) seen.add(method.name);
  }
  return { methods, omitted };
}

/** A path of plain characters for each method; one whose name has others carries its place too. */
function pathOf({ name, index }: Method): string {
  const plain = name.replaceAll(/[^\w.-]+/g, '_');
  return plain === name && name !== '__proto__' ? `/${name}` : `/${plain}~${index}`;
}

function documentOf(root: JsonObject, methods: readonly Method[], origin: string | undefined): JsonObject {
  const about = aboutOf(root);
  const server = listMember(root, 'servers').find((one) => httpUrl(one) !== undefined);
  const variables = objectMember(server, 'variables');
  const servers: Json[] =
    origin === undefined
      ? []
      : [{ url: origin, ...(Object.keys(variables).length === 0 ? {} : { variables }) }];
  return {
    openapi: '3.1.0',
    info: about['info'] ?? {},
    servers,
    security: [{ bearer: [] }, {}],
    components: { ...objectMember(about, 'components'), securitySchemes: { bearer: BEARER } },
    paths: Object.fromEntries(methods.map((method) => [pathOf(method), { post: method.operation }])),
  };
}

/** A server's URL with the dialect's `${name}` turned into `{name}`; undefined for one that is not reached over HTTP. */
function httpUrl(server: Json): string | undefined {
  const url = textMember(server, 'url')?.trim().replaceAll('${', '{');
  return url !== undefined && /^https?:\/\//i.test(url) ? url : undefined;
}

interface Address {
  readonly origin: string | undefined;
  readonly path: string;
  readonly omitted: readonly Omission[];
}

function addressOf(root: JsonObject, { endpoint }: SourceText, baseUrl: string | undefined): Address {
  const servers = listMember(root, 'servers');
  const url = baseUrl ?? servers.map(httpUrl).find((one) => one !== undefined) ?? endpoint;
  const others = servers.flatMap((server, index): Omission[] => {
    const other = textMember(server, 'url') ?? '';
    if (!/^wss?:/i.test(other)) return [];
    return [
      {
        code: 'websocket',
        severity: 'notice',
        subject: other.slice(0, 200),
        reason: 'Calls go over HTTP; this address is for WebSocket.',
        source: { pointer: `#/servers/${index}` },
      },
    ];
  });
  return { ...endpointOf(url), omitted: others };
}

function pointerInSource(pointer: string, byPath: ReadonlyMap<string, Method>): string {
  const [, path, rest = ''] = /^#\/paths\/([^/]+)(.*)$/.exec(pointer) ?? [];
  if (path === undefined) return pointer;
  const method = byPath.get(path.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (method === undefined) return '#';
  const home = `#/methods/${method.index}`;
  const [, name, within = ''] = /\/schema\/properties\/([^/]+)(.*)$/.exec(rest) ?? [];
  const place =
    name === undefined ? -1 : method.call.order.indexOf(name.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (place >= 0) return `${pointerTo(home, 'params', place)}/schema${within}`;
  const answer = /\/responses\/200\/content\/[^/]+\/schema(.*)$/.exec(rest)?.[1];
  return answer === undefined ? home : `${home}/result/schema${answer}`;
}
