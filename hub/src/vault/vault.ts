import { hubError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { SecretPlace, Vault } from '../kernel/ports.ts';
import type { Redactor } from '../kernel/redact.ts';
import type { Db } from '../store/store.ts';
import {
  type KeyRing,
  keyFile,
  KEY_VARIABLE,
  makeKeyFile,
  readKeyRing,
  type Variables,
  writeKeyFile,
} from './key-ring.ts';
import { openSecretRows, type SecretRows, type StoredSecret } from './records.ts';
import { type MasterKey, newMasterKey, open, rewrap, seal, type Sealed } from './sealing.ts';

export interface VaultOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly dataDir: string;
  /** Where the master key's variable is looked up. */
  readonly env: Variables;
  /** Learns every value that goes through the vault. */
  readonly redactor: Redactor;
}

const isPlain = ({ revokedAt }: StoredSecret): boolean => revokedAt === undefined;

/** What a person calls the place of a secret. */
const placeName = ({ server, name }: SecretPlace): string => (server === '' ? name : `${name} of ${server}`);

/** The vault in the hub's database. Nothing of the keys is read before a value is needed; the hub starts without them. */
export function createVault(options: VaultOptions): Vault {
  const rows = openSecretRows(options.db);
  const now = () => new Date(options.clock.now()).toISOString();
  /** Writes one at a time: a rotation must see every record. */
  let queue: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  };
  return {
    store: (place, value) =>
      alone(async () => {
        options.redactor.add(value);
        const { current } = await writableRing(rows, options);
        await rows.put(place, { ...seal(current, bindingOf(place), value), at: now() });
      }),
    async retrieve(place) {
      const record = await rows.get(place);
      if (record === undefined) return undefined;
      if (!isPlain(record)) throw hubError('SECRET_REVOKED', { secret: placeName(place) });
      const value = openRecord(record, ringFor([record], options));
      options.redactor.add(value);
      return value;
    },
    async has(place) {
      const record = await rows.get(place);
      return record !== undefined && isPlain(record);
    },
    delete: (place) => alone(() => rows.remove(place)),
    revoke: (place) => alone(() => rows.blank(place, now())),
    async list() {
      return (await rows.all()).map(({ server, name, keyId, createdAt, updatedAt, revokedAt }) => ({
        server,
        name,
        keyId,
        createdAt,
        updatedAt,
        revokedAt,
      }));
    },
    rotate: () => alone(() => rotate(rows, options)),
  };
}

const bindingOf = ({ server, name }: SecretPlace) => ({ organisation: 'local', server, name });

const keyOf = (ring: KeyRing, { keyId }: Sealed): MasterKey | undefined =>
  ring.keys.find(({ id }) => id === keyId);

/** Tells a key that is not at hand from a record that was changed: the one is the owner's to mend, the other is lost. */
function openRecord(record: StoredSecret, ring: KeyRing): string {
  const key = keyOf(ring, record);
  const value = key && open(key, record, record);
  if (value === undefined) throw damaged(record);
  return value;
}

const damaged = (record: StoredSecret) => hubError('VAULT_RECORD_DAMAGED', { secret: placeName(record) });

/** The keys at hand, when they are all that these records need. Throws VAULT_KEY_INVALID. */
function ringFor(records: readonly StoredSecret[], { dataDir, env }: VaultOptions): KeyRing {
  const ring = readKeyRing(dataDir, env);
  const locked = records.filter((record) => isPlain(record) && !(ring && keyOf(ring, record)));
  const [first] = locked;
  if (ring && first === undefined) return ring;
  const source = env[KEY_VARIABLE] ? KEY_VARIABLE : keyFile(dataDir);
  throw hubError('VAULT_KEY_INVALID', {
    source,
    detail:
      ring === undefined
        ? `there is no key, and ${locked.length} stored secrets need the one with the id ${first?.keyId ?? ''}`
        : `it is not the key of ${locked.length} stored secrets, which need the one with the id ${first?.keyId ?? ''}`,
  });
}

/**
 * The keys to seal with. A hub without any makes its key file. A key that opens none of the records is not theirs: to go on
 * with it would lose the one that is.
 */
async function writableRing(rows: SecretRows, options: VaultOptions): Promise<KeyRing> {
  const records = (await rows.all()).filter(isPlain);
  const ring = readKeyRing(options.dataDir, options.env);
  if (ring && (records.length === 0 || records.some((record) => keyOf(ring, record)))) return ring;
  return records.length === 0 ? makeKeyFile(options.dataDir) : ringFor(records, options);
}

/**
 * The key file first holds both keys, then the records change at once, then the old key goes: killed anywhere between, the
 * file still opens every record, and the next rotation ends what this one began.
 */
async function rotate(rows: SecretRows, options: VaultOptions): Promise<{ keyId: string; records: number }> {
  const records = (await rows.all()).filter(isPlain);
  const ring = records.length === 0 ? await writableRing(rows, options) : ringFor(records, options);
  const inFile = ring.source === 'file';
  const to = inFile ? newMasterKey() : ring.current;
  const moved = records
    .filter(({ keyId }) => keyId !== to.id)
    .map((record) => rewrapped(record, keyOf(ring, record), to));
  if (!inFile && moved.length === 0 && records.length > 0)
    throw hubError('VAULT_KEY_UNCHANGED', { variable: KEY_VARIABLE });
  if (inFile) writeKeyFile(options.dataDir, [to, ...ring.keys]);
  await rows.rewrapAll(moved);
  if (inFile) writeKeyFile(options.dataDir, [to]);
  return { keyId: to.id, records: moved.length };
}

function rewrapped(record: StoredSecret, from: MasterKey | undefined, to: MasterKey) {
  const sealed = from && rewrap({ from, to }, record, record);
  if (sealed === undefined) throw damaged(record);
  return { server: record.server, name: record.name, ...sealed };
}
