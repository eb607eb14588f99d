import type { Blueprint } from '@counterpart/schemas';
import { credentialNames } from '@counterpart/kit/settings';

/** How a person can sign in to one scheme of a service, as its blueprint describes it. */
export interface SignIn {
  readonly scheme: string;
  /** Absent: the service has no such endpoint, or discovery must tell. */
  readonly authorizationUrl?: string | undefined;
  readonly deviceUrl?: string | undefined;
  readonly tokenUrl?: string | undefined;
  /** Where its metadata must come from (OpenID Connect Discovery 1.0). */
  readonly discoveryUrl?: string | undefined;
  /** What is asked for unless the person says otherwise. */
  readonly scopes: readonly string[];
  /** Variables under which client credentials may be stored. */
  readonly clientIdName: string;
  readonly clientSecretName: string;
}

type Scheme = Blueprint['auth']['schemes'][string];

const CODE_FLOWS = ['authorizationCode'];
/** `deviceAuthorization` is OpenAPI 3.2's name. */
const DEVICE_FLOWS = ['deviceAuthorization', 'device'];

/** Schemes of a blueprint that a person can sign in to; in its order. Pure. */
export function signInsOf(blueprint: Blueprint): SignIn[] {
  const names = credentialNames(blueprint);
  return Object.entries(blueprint.auth.schemes).flatMap(([scheme, described]) => {
    const token = names.get(scheme)?.token;
    const endpoints = endpointsOf(described, blueprint.servers);
    if (token === undefined || endpoints === undefined) return [];
    const stem = token.replace(/_TOKEN$/, '');
    return [
      {
        scheme,
        ...endpoints,
        scopes: wantedScopes(blueprint, scheme, described),
        clientIdName: `${stem}_CLIENT_ID`,
        clientSecretName: `${stem}_CLIENT_SECRET`,
      },
    ];
  });
}

type Endpoints = Pick<SignIn, 'authorizationUrl' | 'deviceUrl' | 'tokenUrl' | 'discoveryUrl'>;

function endpointsOf(scheme: Scheme, servers: Blueprint['servers']): Endpoints | undefined {
  if (scheme.kind === 'openid') return { discoveryUrl: absolute(scheme.url, servers) };
  if (scheme.kind !== 'oauth2') return undefined;
  const code = CODE_FLOWS.map((name) => scheme.flows[name]).find((flow) => flow?.authorizationUrl);
  const device = DEVICE_FLOWS.map((name) => scheme.flows[name]).find((flow) => flow !== undefined);
  const tokenUrl = absolute(code?.tokenUrl ?? device?.tokenUrl, servers);
  if ((code ?? device) === undefined || tokenUrl === undefined) return undefined;
  return {
    authorizationUrl: absolute(code?.authorizationUrl, servers),
    deviceUrl: absolute(device?.deviceAuthorizationUrl ?? device?.authorizationUrl, servers),
    tokenUrl,
  };
}

/** A relative address is meant from the service's first absolute one (OpenAPI 3.1, 4.8.30). */
function absolute(url: string | undefined, servers: Blueprint['servers']): string | undefined {
  if (url === undefined || url === '') return undefined;
  const base = servers.find((server) => /^https?:/i.test(server.url))?.url;
  const resolved = URL.canParse(url)
    ? new URL(url)
    : base && URL.canParse(url, base)
      ? new URL(url, base)
      : null;
  return resolved && /^https?:$/.test(resolved.protocol) ? resolved.href : undefined;
}

/** What the operations ask for, in the order of the description's list; without any, all that it lists. */
function wantedScopes(blueprint: Blueprint, scheme: string, described: Scheme): string[] {
  const listed =
    described.kind === 'oauth2'
      ? [...CODE_FLOWS, ...DEVICE_FLOWS].flatMap((name) => Object.keys(described.flows[name]?.scopes ?? {}))
      : [];
  const requirements = [
    ...blueprint.auth.default,
    ...blueprint.operations.flatMap((operation) => operation.auth ?? []),
  ];
  const asked = new Set(requirements.flatMap((requirement) => requirement[scheme] ?? []));
  if (described.kind === 'openid') return [...new Set(['openid', 'offline_access', ...asked])];
  const known = [...new Set(listed)];
  return asked.size === 0 ? known : [...known.filter((scope) => asked.has(scope)), ...unlisted(asked, known)];
}

const unlisted = (asked: ReadonlySet<string>, known: readonly string[]): string[] =>
  [...asked].filter((scope) => !known.includes(scope));
