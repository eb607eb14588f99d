import { writeFile } from 'node:fs/promises';
import { CounterpartError, hubError } from '@counterpart/schemas';

/** Writes a file to where a person said, for its owner alone. Rejects with OUTPUT_UNWRITABLE. */
export async function writeGiven(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (cause) {
    throw unwritableOutput(file, cause);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'that is not permitted',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'that is not permitted',
  EROFS: 'the disk can only be read',
};

/** Why the system refused a path, in words where there are some. */
export function systemReason(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}

/** OUTPUT_UNWRITABLE where the system refused, in words; what else was thrown stays as it is. */
export function unwritableOutput(place: string, cause: unknown): unknown {
  if (cause instanceof CounterpartError || !(cause instanceof Error) || !('code' in cause)) return cause;
  return hubError('OUTPUT_UNWRITABLE', { place, detail: systemReason(cause) }, { cause });
}
