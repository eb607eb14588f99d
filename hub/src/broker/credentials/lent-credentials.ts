import {
  authorised,
  baseUrlOf,
  credentialsFor,
  credentialsWanted,
  joinCookies,
  proofOf,
  tokenHosts,
  withQuery,
  type TlsIdentity,
  type WireRequest,
} from '@counterpart/kit/broker';
import { addressOf, hostAllowed } from '@counterpart/kit/http/hosts';
import { type Blueprint, hubError } from '@counterpart/schemas';
import type { BrokeredServer } from '../../kernel/ports.ts';
import type { Target } from '../hosts/host-rules.ts';
import { withSecrets } from './stand-ins.ts';

export type Headers = Readonly<Record<string, string[]>>;

/** A request as it goes on, with what its server does not have. */
export interface Credentialed {
  readonly url: string;
  readonly headers: Headers;
  readonly tls: TlsIdentity | undefined;
  /** Signs the finished request, whose body must be known for that. */
  readonly sign: ((request: WireRequest) => WireRequest) | undefined;
  /** Texts that the server must not see in the answer. */
  readonly secrets: readonly string[];
  /** Names of the variables they came from. */
  readonly variables: readonly string[];
  /** After the service refused them: true when the next request will have others. */
  forget(): boolean;
}

/** The finished request of these credentials: signed with its body, or with more in it, where a scheme does that. */
export function signed(
  lent: Credentialed,
  method: string,
  body: Uint8Array | undefined,
): Pick<Credentialed, 'url' | 'headers'> & { readonly body: Uint8Array | undefined } {
  if (lent.sign === undefined) return { ...lent, body };
  const flat = Object.entries(lent.headers).map(([name, values]) => [name, values.join(', ')] as const);
  const made = lent.sign({ method, url: lent.url, headers: Object.fromEntries(flat), body });
  const { url, headers } = made;
  const kept = Object.entries(headers).filter(([name]) => name !== 'transfer-encoding');
  return { url, headers: Object.fromEntries(kept.map(([name, value]) => [name, [value]])), body: made.body };
}

const PLAIN = { tls: undefined, sign: undefined, variables: [], forget: () => false };

/** The request with its stand-ins replaced, as servers without a blueprint send it. */
function standInRequest({ standIns }: BrokeredServer, target: Target, headers: Headers): Credentialed {
  return {
    ...PLAIN,
    ...withSecrets({ url: target.url, headers }, standIns),
    secrets: [...standIns.values()],
  };
}

/** A client's secret goes to the addresses that a description names for tokens: they are declared like any other. */
function assertTokenHosts({ id, rules, env }: BrokeredServer, blueprint: Blueprint): void {
  const entries = rules.map(({ entry }) => entry);
  for (const url of tokenHosts(blueprint)) {
    if (!/^https?:/i.test(url) || Object.values(env).includes(url)) continue;
    const { host } = addressOf(url);
    if (!hostAllowed(host, entries))
      throw hubError('HOST_REFUSED', {
        server: id,
        host,
        rule: 'tokens are asked for there, and it is not declared',
      });
  }
}

interface Wanted {
  readonly blueprint: Blueprint;
  readonly operation: string;
  readonly signal: AbortSignal;
}

/** Whether a request goes to the service itself: scheme, name and port are those of its base address. */
function isForService({ env }: BrokeredServer, target: Target, { blueprint, operation }: Wanted): boolean {
  const twin = blueprint.operations.find(({ name }) => name === operation);
  const base = addressOf(baseUrlOf(blueprint, twin, (name) => env[name]));
  return base.protocol === target.protocol && base.host === target.host;
}

async function withCredentials(
  server: BrokeredServer,
  target: Target,
  headers: Headers,
  wanted: Wanted,
): Promise<Credentialed> {
  const { blueprint, signal } = wanted;
  const env = (name: string) => server.env[name];
  const operation = credentialsWanted(blueprint, wanted.operation);
  assertTokenHosts(server, blueprint);
  const permit = await authorised(blueprint, operation, env, signal);
  const credentials = credentialsFor(blueprint, permit.of(operation), permit.env);
  const proof = await proofOf(credentials, target.url);
  const cookie = joinCookies(headers['cookie']?.join('; '), credentials.cookies);
  const own = Object.entries(credentials.headers).map(
    ([name, value]) => [name.toLowerCase(), [value]] as const,
  );
  return {
    url: withQuery(target.url, credentials.query),
    headers: {
      ...headers,
      ...(cookie === undefined ? {} : { cookie: [cookie] }),
      ...Object.fromEntries(own),
    },
    tls: proof?.tls,
    sign: proof?.sign,
    secrets: credentials.secrets,
    variables: credentials.variables,
    forget: () => permit.forget(),
  };
}

/**
 * A server's request with its secrets: those of the operation it names, on requests to its service alone, and what it
 * sent stand-ins for. Rejects with ToolFailure when credentials are missing, HOST_REFUSED, BASE_URL_MISSING.
 */
export async function lendCredentials(
  server: BrokeredServer,
  target: Target,
  { headers, operation, signal }: { headers: Headers; operation: string | undefined; signal: AbortSignal },
): Promise<Credentialed> {
  const blueprint = operation === undefined ? undefined : await server.blueprint();
  const wanted = blueprint === undefined ? undefined : { blueprint, operation: operation ?? '', signal };
  if (wanted === undefined || !isForService(server, target, wanted))
    return standInRequest(server, target, headers);
  const given = standInRequest(server, target, headers);
  const lent = await withCredentials(server, { ...target, url: given.url }, given.headers, wanted);
  return { ...lent, secrets: [...lent.secrets, ...given.secrets] };
}
