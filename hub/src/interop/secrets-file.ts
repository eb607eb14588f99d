import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { makeFolder } from '../kernel/files/make-folder.ts';
import { writeWhole } from '../kernel/files/write-whole.ts';

/** Where values that were taken out of configurations lie; read by their owner only. */
export const secretsFile = (dataDir: string): string => join(dataDir, 'secrets.env');

/** Names and values of the secrets file; none when there is no file. */
export function readSecrets(dataDir: string): Record<string, string> {
  try {
    const entries = Object.entries(parseEnv(readFileSync(secretsFile(dataDir), 'utf8')));
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)))
      return {};
    throw error;
  }
}

/** The text of the secrets file with these values added or replaced. Pure. */
export function withSecrets(text: string, values: Readonly<Record<string, string>>): string {
  const replaced = new Set<string>();
  const kept = text.split('\n').map((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
    const value = name === undefined ? undefined : values[name];
    if (name === undefined || value === undefined) return line;
    replaced.add(name);
    return `${name}=${quote(value)}`;
  });
  const added = Object.entries(values)
    .filter(([name]) => !replaced.has(name))
    .map(([name, value]) => `${name}=${quote(value)}`);
  while (kept.at(-1) === '') kept.pop();
  return [...kept, ...added, ''].join('\n');
}

/** A quote the value does not hold; in single and back quotes nothing is an escape. */
function quote(value: string): string {
  const free = ["'", '`', '"'].find((mark) => !value.includes(mark));
  return free === undefined ? value : `${free}${value}${free}`;
}

/** Adds values to the secrets file, mode 0600. */
export function saveSecrets(dataDir: string, values: Readonly<Record<string, string>>): void {
  const file = secretsFile(dataDir);
  makeFolder(dirname(file), 0o700);
  let text = '# Secrets of this hub, referenced in hub.config.json as ${env:NAME}.\n';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // the first secret makes the file
  }
  writeWhole(file, withSecrets(text, values), 0o600);
  chmodSync(file, 0o600);
}
