import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A measurement that is not made twice: one of an earlier run under the same name is the answer; nothing is kept without a folder. */
export async function keptPart<Part>(
  folder: string | undefined,
  name: string,
  measure: () => Promise<Part>,
): Promise<Part> {
  if (folder === undefined) return measure();
  const file = join(folder, `${name.replaceAll(/[^\w.@-]/g, '+')}.json`);
  // Written below and by nobody else.
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Part;
  const part = await measure();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(part));
  return part;
}
