import type { AuthScheme, Blueprint } from '@counterpart/schemas';
import type { Env } from '../../env.ts';
import type { CredentialNames } from './env-names.ts';
import { isAbsolute } from '../servers.ts';

type OAuth = AuthScheme & { readonly kind: 'oauth2' };

/** Flows by which a server without a person obtains or renews a token, best first. */
const FLOWS = ['clientCredentials', 'authorizationCode', 'password', 'deviceAuthorization', 'device'];

/** Where the description says tokens are had; relative ones are resolved against its server. */
export function describedTokenUrl(
  { servers }: Pick<Blueprint, 'servers'>,
  { flows }: OAuth,
): string | undefined {
  const all = FLOWS.map((name) => flows[name]).filter((flow) => flow !== undefined);
  const url = all
    .map((flow) => flow.tokenUrl ?? flow.refreshUrl)
    .find((one) => one !== undefined && one !== '');
  if (url === undefined) return undefined;
  const base = servers.find(isAbsolute)?.url;
  if (URL.canParse(url)) return /^https?:/i.test(url) ? url : undefined;
  return base !== undefined && URL.canParse(url, base) ? new URL(url, base).href : undefined;
}

/** Where this server asks for tokens: its setting, else what the description says. */
export const tokenUrlOf = (
  blueprint: Pick<Blueprint, 'servers'>,
  scheme: OAuth,
  { tokenUrl }: CredentialNames,
  env: Env,
): string | undefined =>
  (tokenUrl === undefined ? undefined : env(tokenUrl)) ?? describedTokenUrl(blueprint, scheme);
