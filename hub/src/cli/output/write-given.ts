import { writeFile } from 'node:fs/promises';
import { CounterpartError, hubError } from '@counterpart/schemas';
import { systemReason } from '../../kernel/files/system-reason.ts';

/** Writes a file to where a person said, for its owner alone. Rejects with OUTPUT_UNWRITABLE. */
export async function writeGiven(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (cause) {
    throw unwritableOutput(file, cause);
  }
}

/** OUTPUT_UNWRITABLE where the system refused, in words; what else was thrown stays as it is. */
export function unwritableOutput(place: string, cause: unknown): unknown {
  if (cause instanceof CounterpartError || !(cause instanceof Error) || !('code' in cause)) return cause;
  return hubError('OUTPUT_UNWRITABLE', { place, detail: systemReason(cause) }, { cause });
}
