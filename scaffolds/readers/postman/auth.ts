import type { JsonObject } from '@counterpart/schemas';
import type { Exchange } from '../har/entries/exchange.ts';
import { detectAuth, type DetectedAuth } from '../har/secrets/auth.ts';
import { textMember } from '../openapi/source/json-tree.ts';
import type { Call } from './call.ts';
import { authSetting, type SavedRequest } from './saved/collection.ts';
import { hasHole, type Variables } from './saved/variables.ts';

/** A key that an `auth` says is one, whatever its name looks like. */
interface DeclaredKey {
  readonly place: 'header' | 'query';
  readonly name: string;
}

function declaredKey({ auth }: SavedRequest, variables: Variables): DeclaredKey | undefined {
  if (auth === undefined || textMember(auth, 'type') !== 'apikey') return undefined;
  const name = variables.resolve(authSetting(auth, 'key') ?? '');
  if (!/^[\w-]+$/.test(name)) return undefined;
  return authSetting(auth, 'in') === 'query'
    ? { place: 'query', name }
    : { place: 'header', name: name.toLowerCase() };
}

/** The credentials of a collection: those that its `auth`s declare, and those that its requests carry by themselves. */
export function authOf(calls: readonly Call[], variables: Variables): DetectedAuth {
  const detected = detectAuth(
    calls.flatMap(({ exchanges }) => exchanges),
    [],
  );
  const keys = new Map<string, DeclaredKey>();
  for (const { saved } of calls) {
    const key = declaredKey(saved, variables);
    if (key !== undefined && !detected.carries(key.place, key.name))
      keys.set(`${key.place} ${key.name}`, key);
  }
  const declared = [...keys.values()].map((key) => ({
    ...key,
    scheme: `${key.name.replaceAll('-', '_')}${key.place === 'query' ? '_query' : ''}`,
  }));
  const used = (exchange: Exchange): string[] =>
    declared.flatMap(({ place, name, scheme }) => {
      const sent = place === 'query' ? exchange.query : exchange.headers;
      return sent.some(([one]) => one === name) ? [scheme] : [];
    });
  return {
    ...detected,
    schemes: new Map([
      ...detected.schemes,
      ...declared.map(({ place, name, scheme }) => [scheme, { type: 'apiKey', in: place, name }] as const),
      ...Object.entries(oauthOf(calls, variables)),
    ]),
    carries: (place, name) =>
      detected.carries(place, name) || keys.has(`${place} ${place === 'header' ? name.toLowerCase() : name}`),
    used: (exchange) => [...detected.used(exchange), ...used(exchange)],
  };
}

const FLOWS: Readonly<Record<string, string>> = {
  client_credentials: 'clientCredentials',
  authorization_code: 'authorizationCode',
  authorization_code_with_pkce: 'authorizationCode',
  password_credentials: 'password',
};

/** OAuth 2 in the place of the bearer token it ends in, where the collection says how a token is got. */
function oauthOf(calls: readonly Call[], variables: Variables): Readonly<Record<string, JsonObject>> {
  const auth = calls.map(({ saved }) => saved.auth).find((one) => textMember(one, 'type') === 'oauth2');
  if (auth === undefined) return {};
  const url = (name: string): string | undefined => {
    const found = variables.resolve(authSetting(auth, name) ?? '');
    return URL.canParse(found) && !hasHole(found) ? found : undefined;
  };
  const flow = FLOWS[authSetting(auth, 'grant_type') ?? 'authorization_code'];
  const [tokenUrl, authorizationUrl] = [url('accessTokenUrl'), url('authUrl')];
  if (flow === undefined || tokenUrl === undefined) return {};
  if (flow === 'authorizationCode' && authorizationUrl === undefined) return {};
  const scopes = (authSetting(auth, 'scope') ?? '')
    .split(/[\s,]+/)
    .filter((scope) => scope !== '' && !hasHole(scope));
  return {
    bearer: {
      type: 'oauth2',
      flows: {
        [flow]: {
          tokenUrl,
          ...(authorizationUrl === undefined ? {} : { authorizationUrl }),
          scopes: Object.fromEntries(scopes.map((scope) => [scope, ''])),
        },
      },
    },
  };
}
