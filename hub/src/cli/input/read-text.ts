import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { z } from 'zod';

/** The text of a file that a command was given, from the folder where it runs. Rejects with INPUT_INVALID. */
export async function readText(cwd: string, file: string): Promise<string> {
  return await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw hubError('INPUT_INVALID', { subject: file, detail: reasonOf(cause) }, { cause });
  });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
}

/** One of the values of a file, and where it stands, for errors. */
export interface Line<T> {
  readonly value: T;
  readonly place: string;
}

/** The values of a file with one of them in each line, as JSON. Rejects with INPUT_INVALID, which names the line. */
export async function readJsonLines<T>(
  cwd: string,
  file: string,
  schema: z.ZodType<T>,
): Promise<readonly Line<T>[]> {
  const lines = (await readText(cwd, file)).split('\n').map((line, at) => [line.trim(), at + 1] as const);
  return lines.flatMap(([line, number]) => {
    const place = `${file}:${number}`;
    return line === '' ? [] : [{ place, value: readLine(line, place, schema) }];
  });
}

function readLine<T>(line: string, subject: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw hubError('INPUT_INVALID', { subject, detail: 'the line is not JSON' }, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw hubError('INPUT_INVALID', { subject, detail: z.prettifyError(parsed.error) });
  return parsed.data;
}
