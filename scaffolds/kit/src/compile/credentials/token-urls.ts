import type { AuthScheme, Blueprint } from '@counterpart/schemas';
import type { Env } from '../../env.ts';
import { baseUrlName, type CredentialNames } from './env-names.ts';
import { isAbsolute } from '../servers.ts';

type OAuth = AuthScheme & { readonly kind: 'oauth2' };

/** Flows by which a server without a person obtains or renews a token, best first. */
const FLOWS = ['clientCredentials', 'authorizationCode', 'password', 'deviceAuthorization', 'device'];

/** The address of tokens as the description writes it: whole, or relative to its server. */
function writtenTokenUrl({ flows }: OAuth): string | undefined {
  const all = FLOWS.map((name) => flows[name]).filter((flow) => flow !== undefined);
  return all.map((flow) => flow.tokenUrl ?? flow.refreshUrl).find((one) => one !== undefined && one !== '');
}

function resolved(url: string, base: string | undefined): string | undefined {
  if (URL.canParse(url)) return /^https?:/i.test(url) ? url : undefined;
  return base !== undefined && URL.canParse(url, base) ? new URL(url, base).href : undefined;
}

/** Where the description says tokens are had; relative ones are resolved against its server. */
export function describedTokenUrl(
  { servers }: Pick<Blueprint, 'servers'>,
  scheme: OAuth,
): string | undefined {
  const url = writtenTokenUrl(scheme);
  return url === undefined ? undefined : resolved(url, servers.find(isAbsolute)?.url);
}

/** Whether tokens can be had where the service is: as described, or beside the base URL once somebody gives it. */
export function hasTokenUrl(blueprint: Pick<Blueprint, 'servers'>, scheme: OAuth): boolean {
  const url = writtenTokenUrl(scheme);
  return url !== undefined && (describedTokenUrl(blueprint, scheme) ?? resolved(url, ANY_BASE)) !== undefined;
}

const ANY_BASE = 'https://service.invalid/';

/** Where this server asks for tokens: its setting, else what the description says, by the base URL where it names no host. */
export function tokenUrlOf(
  blueprint: Pick<Blueprint, 'id' | 'servers'>,
  scheme: OAuth,
  { tokenUrl }: CredentialNames,
  env: Env,
): string | undefined {
  const said = (tokenUrl === undefined ? undefined : env(tokenUrl)) ?? describedTokenUrl(blueprint, scheme);
  const written = writtenTokenUrl(scheme);
  return said ?? (written === undefined ? undefined : resolved(written, env(baseUrlName(blueprint.id))));
}
