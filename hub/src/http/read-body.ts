import { hubError } from '@counterpart/schemas';
import type { Context } from 'hono';
import { z } from 'zod';

/** The body of a request by its schema; rejects with INPUT_INVALID that names each field. */
export async function readBody<T>(
  c: Context,
  schema: z.ZodType<T>,
  parse: (text: string) => unknown = JSON.parse,
): Promise<T> {
  let value: unknown;
  try {
    value = parse(await c.req.text());
  } catch (cause) {
    throw hubError('INPUT_INVALID', { subject: c.req.path, detail: 'the body is not JSON' }, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw hubError('INPUT_INVALID', { subject: c.req.path, detail: z.prettifyError(parsed.error) });
  return parsed.data;
}
