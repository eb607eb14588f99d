import type { AuthScheme, Blueprint } from '@counterpart/schemas';
import { baseUrlName, type CredentialNames } from '../compile/credentials/env-names.ts';
import { isAbsolute } from '../compile/servers.ts';
import { tokenUrlOf } from '../compile/credentials/token-urls.ts';
import type { Env } from '../env.ts';
import { needsKeyId } from '../signing/key-id.ts';

/** Variables of which all must be set; the scheme is satisfied by any one way. */
export interface Way {
  readonly variables: readonly string[];
  /** Named beside them though it may be left out: a basic password, which some services have blank. */
  readonly also?: string | undefined;
  /** With these a token is obtained first. */
  readonly isGrant: boolean;
}

function way(names: readonly (string | undefined)[], parts: Partial<Way> = {}): Way[] {
  const variables = names.filter((name) => name !== undefined);
  return variables.length < names.length ? [] : [{ variables, isGrant: false, ...parts }];
}

const grants = ({ clientId, clientSecret, refreshToken }: CredentialNames): Way[] => [
  ...way([clientId, clientSecret], { isGrant: true }),
  ...way([refreshToken], { isGrant: true }),
];

/** Over plain HTTP, as to a mirror, there is no handshake that a certificate could be shown in. */
const hasHandshake = (blueprint: Blueprint, env: Env): boolean =>
  !/^http:/i.test(env(baseUrlName(blueprint.id)) ?? blueprint.servers.find(isAbsolute)?.url ?? '');

/** How a scheme can be satisfied, the best way first. */
export function waysOf(blueprint: Blueprint, scheme: AuthScheme, names: CredentialNames, env: Env): Way[] {
  switch (scheme.kind) {
    case 'api-key':
    case 'bearer':
    case 'http':
      return way([names.token]);
    case 'basic':
      return way([names.username], { also: names.password });
    case 'oauth2': {
      const isObtainable = tokenUrlOf(blueprint, scheme, names, env) !== undefined;
      return [...way([names.token]), ...(isObtainable ? grants(names) : [])];
    }
    case 'openid':
      return [...way([names.token]), ...grants(names)];
    case 'aws-sigv4':
      return way([names.accessKeyId, names.secretAccessKey]);
    case 'signature': {
      const isNamed = scheme.signature.form === 'template' && needsKeyId(scheme.signature);
      return way(isNamed ? [names.signingKeyId, names.signingKey] : [names.signingKey]);
    }
    case 'soap-header':
      return way(scheme.header.parts.flatMap(({ required }, at) => (required ? [names.parts?.[at]] : [])));
    case 'mutual-tls':
      return hasHandshake(blueprint, env) ? way([names.certificateFile, names.keyFile]) : way([]);
  }
}
