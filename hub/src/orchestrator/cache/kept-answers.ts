import type { CachedAnswer } from '@counterpart/schemas';
import type { Db } from '../../store/store.ts';
import { written } from '../../store/written.ts';

/** The cache of answers as its owner sees it. */
export interface KeptAnswers {
  /** The one that was used last comes first. */
  list(principal?: string): Promise<CachedAnswer[]>;
  /** Drops all, or those of one principal; resolves with how many there were. */
  clear(principal?: string): Promise<number>;
}

const MOST_LISTED = 1_000;
const SHOWN = 200;

/** Opens what is kept in the hub's database, whether the cache is in use or not. */
export function createKeptAnswers(db: Db): KeptAnswers {
  return {
    async list(principal) {
      const all = db.selectFrom('chat_cache');
      const rows = await (principal === undefined ? all : all.where('principal', '=', principal))
        .select(['id', 'principal', 'model', 'question', 'text', 'hits', 'created_at', 'expires_at'])
        .orderBy('used_at', 'desc')
        .limit(MOST_LISTED)
        .execute();
      return rows.map(({ created_at: createdAt, expires_at: expires, text, ...row }) => ({
        ...row,
        text: text.slice(0, SHOWN),
        createdAt,
        expiresAt: new Date(expires).toISOString(),
      }));
    },
    async clear(principal) {
      const all = db.deleteFrom('chat_cache');
      const { numDeletedRows } = await written(
        (principal === undefined ? all : all.where('principal', '=', principal)).executeTakeFirst(),
      );
      return Number(numDeletedRows);
    },
  };
}
