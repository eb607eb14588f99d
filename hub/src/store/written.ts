import { hubError } from '@counterpart/schemas';

/** What the owner asked for and the disk does not take is told as just that: rejects with DATA_UNWRITABLE. */
export async function written<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError('DATA_UNWRITABLE', { directory: "the hub's database", detail }, { cause });
  }
}
