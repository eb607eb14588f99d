import { CounterpartError } from '@counterpart/schemas';
import type { SecretRecord, Vault } from '../kernel/ports.ts';

/** What the vault has for one server. */
export interface GivenSecrets {
  readonly values: Readonly<Record<string, string>>;
  /** Names that nothing else may stand in for. */
  readonly revoked: readonly string[];
}

/** Whether an environment could hold it: grants of services have names of another form and go to no environment. */
export const isVariable = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

/**
 * The secrets of these names that this server is given: its own, else the shared ones. Nothing else is decrypted. Rejects
 * like `Vault.retrieve`.
 */
export async function givenSecrets(
  vault: Vault,
  server: string,
  names: Iterable<string>,
): Promise<GivenSecrets> {
  const values: Record<string, string> = {};
  const revoked: string[] = [];
  for (const name of new Set(names)) {
    try {
      const value = (await vault.retrieve({ server, name })) ?? (await vault.retrieve({ server: '', name }));
      if (value !== undefined) values[name] = value;
    } catch (error) {
      if (!(error instanceof CounterpartError) || error.code !== 'SECRET_REVOKED') throw error;
      revoked.push(name);
    }
  }
  return { values, revoked };
}

/**
 * Changes when a secret is set, revoked or removed that this server is given; undefined: it is given none. A grant that is
 * renewed is no change: the server asks for its tokens.
 */
export function secretsStamp(
  records: readonly SecretRecord[],
  server: string,
  names: readonly string[],
): string | undefined {
  const mine = records.filter(
    (one) => one.server === server || (one.server === '' && names.includes(one.name)),
  );
  if (mine.length === 0) return undefined;
  const parts = mine.map(({ server: owner, name, createdAt, updatedAt, revokedAt }) => [
    owner,
    name,
    isVariable(name) ? updatedAt : createdAt,
    revokedAt !== undefined,
  ]);
  return JSON.stringify(parts);
}
