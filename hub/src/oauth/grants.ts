import { hubError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Vault } from '../kernel/ports.ts';
import type { Redactor } from '../kernel/redact.ts';
import { endedGrant, Grant, grantName, freshForMs, renewed, schemeOf } from './grant.ts';

export interface GrantsOptions {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Logger;
  readonly redactor: Redactor;
}

/** An access token as a server is lent it. */
export interface LentToken {
  readonly token: string;
  readonly generation: number;
  /** Milliseconds it may be kept; absent: until it is refused. */
  readonly forMs?: number;
}

/** What sign-ins left behind, kept fresh. */
export interface Grants {
  /** Writes first: from here on the servers may use it. */
  save(server: string, grant: Grant): Promise<void>;
  /** The grants of all servers, without their tokens' sake. */
  all(): Promise<{ readonly server: string; readonly grant: Grant }[]>;
  /**
   * A token that is fresh, renewed first where it is not, or where `refused` is the generation at hand. Callers at the same
   * time share one renewal. Rejects with GRANT_MISSING, GRANT_ENDED or GRANT_UNRENEWED.
   */
  token(server: string, scheme: string, refused?: number): Promise<LentToken>;
  /** Forgets a grant, having told the service where it can be told (RFC 7009). Whether there was one, and was told. */
  remove(server: string, scheme: string): Promise<{ readonly had: boolean; readonly told: boolean }>;
}

/** The grants in a vault. */
export function createGrants(options: GrantsOptions): Grants {
  const { vault, redactor } = options;
  const renewals = new Map<string, Promise<Grant>>();
  /** This process alone writes grants, so what it knows is newer than any read; what the disk did not take is tried again. */
  const held = new Map<string, { readonly grant: Grant; readonly saved: boolean }>();
  const keyOf = (server: string, scheme: string): string => JSON.stringify([server, scheme]);
  const save = async (server: string, grant: Grant): Promise<void> => {
    for (const secret of [grant.accessToken, grant.refreshToken, grant.clientSecret]) redactor.add(secret);
    const key = keyOf(server, grant.scheme);
    held.set(key, { grant, saved: false });
    await vault.store({ server, name: grantName(grant.scheme) }, JSON.stringify(grant));
    if (held.get(key)?.grant === grant) held.set(key, { grant, saved: true });
  };
  const load = async (server: string, scheme: string): Promise<Grant | undefined> => {
    const key = keyOf(server, scheme);
    const read = held.has(key) ? undefined : await readGrant(vault, { server, scheme }, redactor);
    if (read && !held.has(key)) held.set(key, { grant: read, saved: true });
    const known = held.get(key);
    if (known?.saved === false) await save(server, known.grant);
    return known?.grant;
  };
  const renewOnce = (server: string, grant: Grant): Promise<Grant> => {
    const key = keyOf(server, grant.scheme);
    const under = renewals.get(key);
    if (under) return under;
    const renewal = renew(server, grant, { ...options, save }).finally(() => renewals.delete(key));
    renewals.set(key, renewal);
    return renewal;
  };
  return {
    save,
    all: () => allGrants(options),
    async token(server, scheme, refused) {
      const under = renewals.get(keyOf(server, scheme));
      const grant = under ? await under : await load(server, scheme);
      if (grant === undefined) throw hubError('GRANT_MISSING', { server });
      if (grant.ended !== undefined) throw hubError('GRANT_ENDED', { server, detail: grant.ended });
      const usable = freshForMs(grant, options.clock.now()) !== 0 && refused !== grant.generation;
      return lent(usable ? grant : await renewOnce(server, grant), options.clock.now());
    },
    async remove(server, scheme) {
      const grant = await load(server, scheme).catch(() => undefined);
      const told = grant !== undefined && (await (await import('./renewal.ts')).revoke(grant));
      held.delete(keyOf(server, scheme));
      return { had: await vault.delete({ server, name: grantName(scheme) }), told };
    },
  };
}

async function readGrant(
  vault: Vault,
  { server, scheme }: { readonly server: string; readonly scheme: string },
  redactor: Redactor,
): Promise<Grant | undefined> {
  const text = await vault.retrieve({ server, name: grantName(scheme) });
  if (text === undefined) return undefined;
  const grant = Grant.parse(JSON.parse(text));
  for (const secret of [grant.accessToken, grant.refreshToken, grant.clientSecret]) redactor.add(secret);
  return grant;
}

async function allGrants({ vault, redactor }: GrantsOptions) {
  const found = [];
  for (const { server, name } of await vault.list()) {
    const scheme = schemeOf(name);
    const grant = scheme === undefined ? undefined : await readGrant(vault, { server, scheme }, redactor);
    if (grant) found.push({ server, grant });
  }
  return found;
}

function lent(grant: Grant, now: number): LentToken {
  const forMs = freshForMs(grant, now);
  return {
    token: grant.accessToken,
    generation: grant.generation,
    ...(forMs === undefined ? {} : { forMs }),
  };
}

interface Renewing extends GrantsOptions {
  readonly save: Grants['save'];
}

/** A new access token, stored before anybody uses it: a replaced refresh token works only once. */
async function renew(server: string, grant: Grant, options: Renewing): Promise<Grant> {
  const { clock, log, save } = options;
  // The library is loaded by the first hub that needs it, not by every start.
  const { askAnew } = await import('./renewal.ts');
  const answered = await askAnew(grant);
  switch (answered.kind) {
    case 'renewed': {
      const next = renewed(grant, answered.answer, clock.now());
      await save(server, next);
      log.info({ server, scheme: grant.scheme }, 'access token renewed');
      return next;
    }
    case 'ended':
      await save(server, endedGrant(grant, answered.reason));
      log.warn({ server, scheme: grant.scheme }, `signed out: ${answered.reason}`);
      throw hubError('GRANT_ENDED', { server, detail: answered.reason }, { cause: answered.cause });
    case 'failed':
      log.warn({ server, code: 'GRANT_UNRENEWED' }, answered.reason);
      throw hubError('GRANT_UNRENEWED', { server, detail: answered.reason }, { cause: answered.cause });
  }
}
