import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import type { BeginSignInRequest, SignInList, SignInStatus } from '@counterpart/schemas';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Variables } from '../../fleet/environment.ts';
import type { SignInService } from '../../http/secrets/sign-in-routes.ts';
import type { Vault } from '../../kernel/ports.ts';
import type { Grant } from '../../oauth/grant.ts';
import type { Grants } from '../../oauth/grants.ts';
import type { LendingKeys } from '../../oauth/lending.ts';
import type { Logins } from '../../oauth/logins.ts';
import { type SignIn, signInsOf } from '../../oauth/sign-in.ts';
import { givenSecrets } from '../../vault/given-secrets.ts';

interface Desk {
  readonly fleet: Fleet;
  readonly vault: Vault;
  readonly grants: Grants;
  readonly logins: Logins;
  readonly lending: LendingKeys;
  readonly host: () => Variables;
}

/** What `/api/auth` does. */
export function signInDesk(desk: Desk): SignInService {
  const { fleet, grants, logins, lending } = desk;
  return {
    list: () => list(desk),
    begin: (server, request) => begin(server, request, desk),
    async progress(id, waitMs) {
      const state = await logins.state(id, waitMs);
      if (state.kind === 'failed') throw state.error;
      return state.kind === 'waiting' ? { state: 'waiting' } : { state: 'done', scopes: [...state.scopes] };
    },
    async signOut(server, { scheme }) {
      const mine = (await grants.all()).filter(
        (one) => one.server === server && (scheme === undefined || one.grant.scheme === scheme),
      );
      if (mine.length === 0) {
        if (!fleet.members.has(server)) fleet.get(server);
        throw hubError('GRANT_MISSING', { server });
      }
      let revoked = true;
      for (const { grant } of mine) revoked = (await grants.remove(server, grant.scheme)).told && revoked;
      await fleet.reconcile();
      return { server, schemes: mine.map(({ grant }) => grant.scheme), revoked };
    },
    async lend(server, key, { scheme, refused }) {
      if (!lending.isKeyOf(server, key))
        throw hubError('AUTH_REQUIRED', { subject: `The tokens of ${server}` });
      return grants.token(server, scheme, refused);
    },
  };
}

/** Schemes of a built server that can be signed in to; none where its blueprint cannot be read. */
async function signIns(fleet: Fleet, server: string): Promise<SignIn[]> {
  const { origin } = fleet.get(server).desired;
  if (origin.kind !== 'built' || origin.found.manifest.blueprint === undefined) return [];
  const { directory, manifest } = origin.found;
  try {
    const text = readFileSync(join(directory, manifest.blueprint?.path ?? ''), 'utf8');
    const { Blueprint } = await import('@counterpart/schemas/blueprint/blueprint');
    return signInsOf(Blueprint.parse(JSON.parse(text)));
  } catch {
    return [];
  }
}

async function list({ fleet, grants }: Desk): Promise<SignInList> {
  const held = await grants.all();
  const offered: SignInStatus[] = [];
  for (const server of fleet.members.keys())
    for (const signIn of await signIns(fleet, server)) {
      const grant = held.find((one) => one.server === server && one.grant.scheme === signIn.scheme)?.grant;
      offered.push(grant ? statusOf(server, grant) : signedOut(server, signIn));
    }
  const left = held
    .filter(
      ({ server, grant }) => !offered.some((one) => one.server === server && one.scheme === grant.scheme),
    )
    .map(({ server, grant }) => statusOf(server, grant));
  return { signIns: [...offered, ...left] };
}

const signedOut = (server: string, { scheme, scopes }: SignIn): SignInStatus => ({
  server,
  scheme,
  state: 'signed-out',
  scopes: [...scopes],
});

const statusOf = (server: string, grant: Grant): SignInStatus => ({
  server,
  scheme: grant.scheme,
  state: grant.ended === undefined ? 'signed-in' : 'ended',
  scopes: grant.scopes,
  renewable: grant.refreshToken !== undefined,
  ...(grant.expiresAt === undefined ? {} : { expiresAt: new Date(grant.expiresAt).toISOString() }),
  ...(grant.ended === undefined ? {} : { detail: grant.ended }),
});

async function begin(server: string, request: BeginSignInRequest, desk: Desk) {
  const signIn = chosen(server, await signIns(desk.fleet, server), request.scheme);
  const client = await clientOf(server, signIn, { ...desk, clientId: request.clientId });
  const { scopes, flow, port } = request;
  return desk.logins.begin({ server, signIn, client, scopes, flow, port });
}

function chosen(server: string, offered: readonly SignIn[], scheme: string | undefined): SignIn {
  const [first, ...others] = offered.filter((one) => scheme === undefined || one.scheme === scheme);
  const names = offered.map((one) => one.scheme).join(', ');
  if (first === undefined)
    throw hubError('SIGN_IN_UNAVAILABLE', {
      server,
      detail:
        offered.length === 0
          ? 'its service describes no OAuth 2 or OpenID Connect sign-in'
          : `it has no scheme ${scheme ?? ''}, only ${names}`,
    });
  if (others.length > 0)
    throw hubError('INPUT_INVALID', {
      subject: server,
      detail: `it has several sign-ins: choose one with --scheme: ${names}`,
    });
  return first;
}

/** As stored, else as the environment has it. Rejects with SIGN_IN_CLIENT. */
async function clientOf(
  server: string,
  { clientIdName, clientSecretName }: SignIn,
  { vault, host, clientId }: Desk & { readonly clientId: string | undefined },
) {
  const { values } = await givenSecrets(vault, server, [clientIdName, clientSecretName]);
  const known = { ...host(), ...values };
  const id = clientId ?? known[clientIdName];
  if (id === undefined || id === '') throw hubError('SIGN_IN_CLIENT', { server });
  return { clientId: id, clientSecret: known[clientSecretName] || undefined };
}
