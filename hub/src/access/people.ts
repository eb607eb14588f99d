import { createHash, randomBytes } from 'node:crypto';
import { hubError, PersonName, type PersonToken } from '@counterpart/schemas';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { OWNER } from '../kernel/audit/principal.ts';
import type { Db } from '../store/store.ts';
import { written } from '../store/written.ts';

/** More would be accounts, which are another thing. */
const MOST_PEOPLE = 1_000;
/** Told from other tokens wherever one turns up. */
const PREFIX = 'cpt_';

interface Known {
  readonly name: string;
  readonly tokenHash: string;
  readonly createdAt: string;
  readonly tokenAt: string;
}

/** People of the hub's organisation, known by their tokens, of which only hashes are kept. */
export interface People {
  /** Whose token this is. One hash and one look-up: nothing is waited for. */
  identify(token: string): string | undefined;
  has(name: string): boolean;
  list(): readonly Known[];
  /** Rejects with INPUT_INVALID, PERSON_EXISTS or PERSON_LIMIT. */
  add(name: string): Promise<PersonToken>;
  /** The token before is worth nothing from now on. Rejects with PERSON_UNKNOWN. */
  renew(name: string): Promise<PersonToken>;
  /** Rejects with PERSON_UNKNOWN. */
  remove(name: string): Promise<void>;
}

/** A token is 256 random bits: a plain hash of it tells nobody anything, and needs no salt. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Opens the people of the hub's database; all of them are held in memory. */
export async function openPeople({ db, clock }: { readonly db: Db; readonly clock: Clock }): Promise<People> {
  const byName = new Map<string, Known>();
  const byHash = new Map<string, string>();
  const hold = (known: Known): void => {
    drop(known.name);
    byName.set(known.name, known);
    byHash.set(known.tokenHash, known.name);
  };
  const drop = (name: string): void => {
    const known = byName.get(name);
    byName.delete(name);
    if (known) byHash.delete(known.tokenHash);
  };
  const get = (name: string): Known => {
    const known = byName.get(name);
    if (!known) throw hubError('PERSON_UNKNOWN', { person: name.slice(0, 100) });
    return known;
  };
  const now = (): string => new Date(clock.now()).toISOString();
  const newToken = () => {
    const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
    return { token, tokenHash: hashOf(token), tokenAt: now() };
  };
  for (const row of await db.selectFrom('person').selectAll().execute())
    hold({
      name: row.name,
      tokenHash: row.token_hash,
      createdAt: row.created_at,
      tokenAt: row.token_at,
    });
  return {
    // Of the hash, not of the token: how long a look-up takes says nothing about what would have been right.
    identify: (token) => byHash.get(hashOf(token)),
    has: (name) => byName.has(name),
    list: () => [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    async add(given) {
      const name = checked(given);
      if (byName.has(name)) throw hubError('PERSON_EXISTS', { person: name });
      if (byName.size >= MOST_PEOPLE) throw hubError('PERSON_LIMIT', { limit: MOST_PEOPLE });
      const { token, tokenHash, tokenAt } = newToken();
      const row = { name, token_hash: tokenHash, created_at: tokenAt, token_at: tokenAt };
      await written(db.insertInto('person').values(row).execute());
      hold({ name, tokenHash, createdAt: tokenAt, tokenAt });
      return { name, token };
    },
    async renew(name) {
      const known = get(name);
      const { token, tokenHash, tokenAt } = newToken();
      const set = { token_hash: tokenHash, token_at: tokenAt };
      await written(db.updateTable('person').set(set).where('name', '=', name).execute());
      hold({ ...known, tokenHash, tokenAt });
      return { name, token };
    },
    async remove(name) {
      get(name);
      await written(db.deleteFrom('person').where('name', '=', name).execute());
      drop(name);
    },
  };
}

function checked(given: string): string {
  const name = PersonName.safeParse(given);
  if (!name.success)
    throw hubError('INPUT_INVALID', { subject: 'name', detail: z.prettifyError(name.error) });
  if (name.data === OWNER) throw hubError('PERSON_EXISTS', { person: OWNER });
  return name.data;
}
