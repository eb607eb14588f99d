import { referencedSecrets } from '../config/references.ts';
import { schemeOf } from '../oauth/grant.ts';
import type { Vault } from '../kernel/ports.ts';
import { givenSecrets, type GivenSecrets, isVariable } from '../vault/given-secrets.ts';
import type { Origin } from './desired.ts';
import { textMembers, type Variables } from './environment.ts';

/** Texts of an entry in which a secret may be referred to. */
function textsOf(origin: Origin): readonly string[] {
  if (origin.kind === 'built') return Object.values(textMembers(origin.override?.env));
  return origin.kind === 'command'
    ? Object.values(textMembers(origin.entry.env))
    : [origin.entry.url, ...Object.values(origin.entry.headers ?? {})];
}

/** Names of the secrets this server asks for: what its manifest declares, and what its configuration refers to. Pure. */
export function wantedSecrets(origin: Origin): string[] {
  const declared =
    origin.kind === 'built'
      ? [...origin.found.manifest.secrets, ...origin.found.manifest.config].map(({ name }) => name)
      : [];
  return [...new Set([...declared, ...textsOf(origin).flatMap(referencedSecrets)])];
}

export interface MemberSecrets extends GivenSecrets {
  /** Names that were stored for this server alone. */
  readonly own: readonly string[];
  /** Schemes that somebody signed in to. */
  readonly schemes: readonly string[];
}

/** What a server gets of the vault: all it asks for, and for a command what was stored for it alone. Rejects like `Vault.retrieve`. */
export async function memberSecrets(vault: Vault, id: string, origin: Origin): Promise<MemberSecrets> {
  const records = (await vault.list()).filter(({ server }) => server === id);
  const own = records
    .filter(({ name }) => origin.kind === 'command' && isVariable(name))
    .map(({ name }) => name);
  const schemes = records.flatMap(({ name }) => schemeOf(name) ?? []);
  return { ...(await givenSecrets(vault, id, [...wantedSecrets(origin), ...own])), own, schemes };
}

/** The hub's variables with the vault's over them; a revoked name is not looked up anywhere else. Pure. */
export const withGiven = (host: Variables, { values, revoked }: GivenSecrets): Variables => ({
  ...host,
  ...values,
  ...Object.fromEntries(revoked.map((name) => [name, undefined])),
});
