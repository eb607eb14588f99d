import type { Db } from '../store/store.ts';
import { written } from '../store/written.ts';
import type { Sealed } from './sealing.ts';

/** Until the hub has tenants, all secrets are of one organisation; it is bound into every record. */
export const ORGANISATION = 'local';

/** One record as it lies in the database. */
export interface StoredSecret extends Sealed {
  readonly organisation: string;
  readonly server: string;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly revokedAt: string | undefined;
}

interface Place {
  readonly server: string;
  readonly name: string;
}

/** Rows of the vault. Writes reject with DATA_UNWRITABLE. */
export interface SecretRows {
  all(): Promise<StoredSecret[]>;
  get(place: Place): Promise<StoredSecret | undefined>;
  put(place: Place, record: Sealed & { readonly at: string }): Promise<void>;
  remove(place: Place): Promise<boolean>;
  /** Takes the sealed value and its key away for good. */
  blank(place: Place, at: string): Promise<boolean>;
  /** Replaces the wrapped keys of all these records, or of none. */
  rewrapAll(records: readonly (Place & Sealed)[]): Promise<void>;
}

/** Opens the vault's rows in the hub's database. */
export function openSecretRows(db: Db): SecretRows {
  const at = ({ server, name }: Place) =>
    db
      .selectFrom('secret')
      .selectAll()
      .where('organisation', '=', ORGANISATION)
      .where('server_id', '=', server)
      .where('name', '=', name);
  return {
    async all() {
      const mine = db.selectFrom('secret').selectAll().where('organisation', '=', ORGANISATION);
      return (await mine.orderBy('server_id').orderBy('name').execute()).map(toRecord);
    },
    async get(place) {
      const row = await at(place).executeTakeFirst();
      return row && toRecord(row);
    },
    async put({ server, name }, { keyId, wrapped, sealed, at: now }) {
      const values = { key_id: keyId, wrapped_key: wrapped, sealed, updated_at: now, revoked_at: null };
      await written(
        db
          .insertInto('secret')
          .values({ organisation: ORGANISATION, server_id: server, name, created_at: now, ...values })
          .onConflict((c) => c.columns(['organisation', 'server_id', 'name']).doUpdateSet(values))
          .execute(),
      );
    },
    async remove({ server, name }) {
      const gone = db
        .deleteFrom('secret')
        .where('organisation', '=', ORGANISATION)
        .where('server_id', '=', server)
        .where('name', '=', name);
      return (await written(gone.executeTakeFirst())).numDeletedRows > 0n;
    },
    async blank({ server, name }, now) {
      const blanked = db
        .updateTable('secret')
        .set({ wrapped_key: '', sealed: '', updated_at: now, revoked_at: now })
        .where('organisation', '=', ORGANISATION)
        .where('server_id', '=', server)
        .where('name', '=', name);
      return (await written(blanked.executeTakeFirst())).numUpdatedRows > 0n;
    },
    async rewrapAll(records) {
      await written(
        db.transaction().execute(async (transaction) => {
          for (const { server, name, keyId, wrapped } of records)
            await transaction
              .updateTable('secret')
              .set({ key_id: keyId, wrapped_key: wrapped })
              .where('organisation', '=', ORGANISATION)
              .where('server_id', '=', server)
              .where('name', '=', name)
              .execute();
        }),
      );
    },
  };
}

function toRecord(row: {
  readonly organisation: string;
  readonly server_id: string;
  readonly name: string;
  readonly key_id: string;
  readonly wrapped_key: string;
  readonly sealed: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly revoked_at: string | null;
}): StoredSecret {
  return {
    organisation: row.organisation,
    server: row.server_id,
    name: row.name,
    keyId: row.key_id,
    wrapped: row.wrapped_key,
    sealed: row.sealed,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    revokedAt: row.revoked_at ?? undefined,
  };
}
