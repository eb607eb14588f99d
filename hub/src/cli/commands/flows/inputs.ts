import { yamlIntegers } from '@counterpart/scaffolds/readers/yaml-integers';
import { JsonValue, hubError, type JsonObject } from '@counterpart/schemas';
import { inDigits } from '@counterpart/schemas/exact-json';
import { z } from 'zod';
import { parseWordArguments } from '../../input/call-arguments.ts';
import { readText } from '../../input/read-text.ts';
import type { Context } from '../../context.ts';

const Members = z.record(z.string(), JsonValue);

/** Values of `name=value` words over those of a file, typed by a schema. Rejects with INPUT_INVALID. */
export async function readInputs(
  { io }: Context,
  { words, file }: { readonly words: readonly string[]; readonly file: string | undefined },
  schema: unknown,
): Promise<JsonObject> {
  const base = file === undefined ? {} : await readObject(io.cwd, file);
  return parseWordArguments(words, schema, base);
}

/** A file that holds one JSON object or YAML map. Rejects with INPUT_INVALID. */
async function readObject(cwd: string, file: string): Promise<JsonObject> {
  const text = await readText(cwd, file);
  const { parse } = await import('yaml');
  try {
    return Members.parse(parse(text, { customTags: yamlIntegers(inDigits) }));
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is neither JSON nor YAML';
    throw hubError('INPUT_INVALID', { subject: file, detail }, { cause });
  }
}
