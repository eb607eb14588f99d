import {
  hubError,
  type Json,
  type JsonObject,
  type Omission,
  type SoapCredential,
} from '@counterpart/schemas';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { endpointOf } from '../styles/address.ts';
import { readAsRest } from '../styles/as-rest.ts';
import { effectOfName } from '../styles/effect.ts';
import { callOf, pointerOf, type SoapMethod } from './calls.ts';
import { isUsernameToken, USERNAME_TOKEN } from './headers.ts';
import { gatherDocuments } from './documents.ts';
import { SoapTypes } from './types.ts';
import { readWsdl, type Wsdl, type WsdlOperation } from './wsdl.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'soap@1';

const BASIC = {
  type: 'http',
  scheme: 'basic',
  description: 'Sent when it is set; a WSDL does not say as a rule whether it must be.',
};

/**
 * Compiles a WSDL 1.1 document and the schemas it imports into a blueprint: document/literal, rpc/literal and rpc/encoded operations
 * over SOAP 1.1, or 1.2 where there is no other. Rejects with WSDL_UNREADABLE, SOURCE_EMPTY or INCLUDE_UNMATCHED; whatever
 * else is wrong costs only the operation it is wrong in.
 */
export async function readSoap(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const documents = await gatherDocuments(source);
  const wsdl = readWsdl(documents);
  const isEncoded = wsdl.operations.some(({ input, output }) =>
    [input?.use, output?.use].includes('encoded'),
  );
  const types = new SoapTypes(documents.schemas, isEncoded);
  const address = endpointOf(options.baseUrl ?? firstAddress(wsdl));
  const { methods, omitted } = methodsOf(wsdl, types, options.baseUrl === undefined ? address : undefined);
  if (methods.length === 0) throw nothing(source, wsdl, [...documents.omitted, ...omitted]);
  const byPath = new Map(methods.map((method) => [method.path, method]));
  const { blueprint, total } = await readAsRest(
    {
      document: documentOf(wsdl, source, { methods, types, origin: address.origin }),
      omitted: [...documents.omitted, ...omitted, ...missingTypes(types), ...notices(wsdl, methods)],
      pointerOf: (pointer) => pointerInSource(pointer, byPath),
      asCalled({ http }) {
        const method = byPath.get(http.path);
        return method === undefined ? {} : { ...effectOfName(method.wsdl.name), soap: method.call };
      },
    },
    source,
    { ...options, baseUrl: options.baseUrl === undefined ? undefined : address.origin },
  );
  return {
    total,
    blueprint: {
      ...blueprint,
      source: { ...blueprint.source, kind: 'soap', format: `wsdl 1.1, soap ${wsdl.version}`, reader: READER },
      soap: { version: wsdl.version, path: address.path, types: Object.fromEntries(types.types) },
    },
  };
}

const firstAddress = ({ operations }: Wsdl): string | undefined =>
  operations.map(({ address }) => address).find((one) => /^https?:\/\//i.test(one));

function nothing(source: SourceText, wsdl: Wsdl, omitted: readonly Omission[]): Error {
  const first = omitted.find(({ severity }) => severity !== 'notice') ?? omitted[0];
  const why = first === undefined ? '' : `; ${first.subject}: ${first.reason.replace(/\.$/, '')}`;
  const detail =
    wsdl.operations.length === 0
      ? `it has no port with a SOAP binding over HTTP${why}`
      : `none of its ${wsdl.operations.length} operations can be called${why}`;
  return hubError('SOURCE_EMPTY', { source: source.location, detail });
}

function methodsOf(
  { operations }: Wsdl,
  types: SoapTypes,
  home: ReturnType<typeof endpointOf> | undefined,
): { readonly methods: SoapMethod[]; readonly omitted: Omission[] } {
  const methods: SoapMethod[] = [];
  const omitted: Omission[] = [];
  const paths = new Set<string>();
  for (const [index, wsdl] of operations.entries()) {
    const plain = `/${wsdl.name.replaceAll(/[^\w.-]+/g, '_')}`;
    const path = paths.has(plain) || plain === '/__proto__' ? `${plain}~${index}` : plain;
    paths.add(path);
    const elsewhere = home === undefined ? undefined : placeElsewhere(wsdl, home);
    const method = elsewhere ?? callOf(wsdl, types, path);
    if ('severity' in method) omitted.push(method);
    else methods.push(method);
  }
  return { methods, omitted };
}

/** One server, one endpoint: a service of another address wants a server of its own. */
function placeElsewhere(wsdl: WsdlOperation, home: ReturnType<typeof endpointOf>): Omission | undefined {
  if (!/^https?:\/\//i.test(wsdl.address)) return undefined;
  const own = endpointOf(wsdl.address);
  if (own.origin === home.origin && own.path === home.path) return undefined;
  return {
    code: 'not-selected',
    severity: 'operation',
    subject: wsdl.name,
    reason: `It is called at another address, ${wsdl.address.slice(0, 200)}; build a second server with --base-url for it.`,
    source: { pointer: pointerOf(wsdl), operationId: wsdl.name },
  };
}

function notices(wsdl: Wsdl, methods: readonly SoapMethod[]): Omission[] {
  const ports = wsdl.others.map(({ port, reason }): Omission => ({
    code: 'not-selected',
    severity: 'notice',
    subject: `port ${port}`,
    reason,
    source: { pointer: `#/service/${port.replace('.', '/')}` },
  }));
  const headers = methods.flatMap(({ wsdl: one, missing }) =>
    missing.map((header): Omission => ({
      code: 'parameter-unusable',
      severity: 'part',
      subject: `${one.name} ${header}`.slice(0, 200),
      reason: 'It has this header in its envelope, which no schema that was read defines; calls go without.',
      source: { pointer: pointerOf(one), operationId: one.name },
    })),
  );
  return [...ports, ...headers];
}

const missingTypes = ({ missing }: SoapTypes): Omission[] =>
  [...missing].map((name) => ({
    code: 'reference-missing',
    severity: 'part',
    subject: name.slice(0, 200),
    reason: 'No schema that was read defines it; any value is accepted there.',
    source: { pointer: '#/types' },
  }));

/** The security schemes of all operations: equal headers are one. */
class Schemes {
  readonly #known = new Map<string, { readonly name: string; readonly scheme: JsonObject }>([
    ['', { name: 'basic', scheme: BASIC }],
  ]);

  nameOf(header: SoapCredential): string {
    const key = JSON.stringify(header);
    const known = this.#known.get(key);
    if (known !== undefined) return known.name;
    const names = [...this.#known.values()].map(({ name }) => name);
    const plain = header.name.replaceAll(/[^\w.-]/g, '_');
    const name = names.includes(plain) ? `${plain}_${this.#known.size}` : plain;
    const description = `Stands in the header ${header.name} of each envelope.`;
    const extension = header as unknown as Json; // a contract of zod, which makes nothing but JSON
    const scheme = {
      type: 'apiKey',
      in: 'header',
      name,
      description,
      'x-counterpart-soap-header': extension,
    };
    this.#known.set(key, { name, scheme });
    return name;
  }

  all = (): JsonObject =>
    Object.fromEntries([...this.#known.values()].map(({ name, scheme }) => [name, scheme]));
}

const USUAL: Json[] = [{ basic: [] }, {}];

/** The ways to show who calls, the best first: what the binding puts into the header must be there, a policy is one of several. */
function securityOf(
  { wsdl: one, credentials }: SoapMethod,
  wsdl: Wsdl,
  schemes: Schemes,
): { readonly security?: Json[] } {
  const uses = one.input?.headers ?? [];
  const names = credentials.map((header) => schemes.nameOf(header));
  const all = names.length > 1 ? [Object.fromEntries(names.map((name) => [name, []]))] : [];
  if (names.length > 0) return { security: [...all, ...names.map((name) => ({ [name]: [] }))] };
  const isToken = wsdl.wantsUsernameToken || isUsernameToken(uses);
  return isToken ? { security: [{ [schemes.nameOf(USERNAME_TOKEN)]: [] }, ...USUAL] } : {};
}

interface Parts {
  readonly methods: readonly SoapMethod[];
  readonly types: SoapTypes;
  readonly origin: string | undefined;
}

function documentOf(wsdl: Wsdl, { location }: SourceText, { methods, types, origin }: Parts): JsonObject {
  const base = (location.split('/').at(-1) ?? '').replace(/\.(?:wsdl|xml|asmx|svc)$/i, '');
  const schemes = new Schemes();
  const paths = methods.map((method): [string, Json] => [
    method.path,
    { post: { ...method.operation, ...securityOf(method, wsdl, schemes) } },
  ]);
  const servers: Json[] = origin === undefined ? [] : [{ url: origin }];
  return {
    openapi: '3.1.0',
    info: {
      title: wsdl.title === '' ? base : wsdl.title,
      version: '',
      ...(wsdl.documentation === undefined ? {} : { description: wsdl.documentation }),
    },
    servers,
    security: USUAL,
    components: { securitySchemes: schemes.all(), schemas: Object.fromEntries(types.schemas) },
    paths: Object.fromEntries(paths),
  };
}

function pointerInSource(pointer: string, byPath: ReadonlyMap<string, SoapMethod>): string {
  const [, path] = /^#\/paths\/([^/]+)/.exec(pointer) ?? [];
  if (path !== undefined) {
    const method = byPath.get(path.replaceAll('~1', '/').replaceAll('~0', '~'));
    return method === undefined ? '#' : pointerOf(method.wsdl);
  }
  const [, type, member] = /^#\/components\/schemas\/([^/]+)(?:\/properties\/([^/]+))?/.exec(pointer) ?? [];
  return type === undefined ? '#' : `#/types/${type}${member === undefined ? '' : `/${member}`}`;
}
