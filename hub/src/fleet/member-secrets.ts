import { referencedSecrets } from '../config/references.ts';
import type { SecretRecord, Vault } from '../kernel/ports.ts';
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

/** What a server gets of the vault: all it asks for, and for a command what was stored for it alone. Rejects like `Vault.retrieve`. */
export async function memberSecrets(
  vault: Vault,
  id: string,
  origin: Origin,
): Promise<GivenSecrets & { readonly own: readonly string[] }> {
  const records = origin.kind === 'command' ? await vault.list() : [];
  const own = records
    .filter(({ server, name }: SecretRecord) => server === id && isVariable(name))
    .map(({ name }) => name);
  return { ...(await givenSecrets(vault, id, [...wantedSecrets(origin), ...own])), own };
}

/** The hub's variables with the vault's over them; a revoked name is not looked up anywhere else. Pure. */
export const withGiven = (host: Variables, { values, revoked }: GivenSecrets): Variables => ({
  ...host,
  ...values,
  ...Object.fromEntries(revoked.map((name) => [name, undefined])),
});
