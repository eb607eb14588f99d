import { rememberedIn } from './remembered.ts';
import type { Db } from './store.ts';
import { written } from './written.ts';

/** Takes out what was said by a person, answered to them and remembered for them. Rejects with DATA_UNWRITABLE. */
export async function forgetPerson(db: Db, person: string): Promise<void> {
  await written(
    db.transaction().execute(async (change) => {
      const theirs = change.selectFrom('conversation').select('id').where('principal', '=', person);
      await change.deleteFrom('conversation_item').where('conversation_id', 'in', theirs).execute();
      for (const table of ['conversation', 'response', 'chat_pending', 'chat_cache', 'memory'] as const)
        await change.deleteFrom(table).where('principal', '=', person).execute();
    }),
  ).finally(() => rememberedIn(db).changed());
}
