import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { didYouMean } from '../kernel/nearest.ts';
import { writeWhole } from '../kernel/files/write-whole.ts';
import { readFlow, type ReadFlow } from './document/read-flow.ts';
import { withServed } from './document/set-served.ts';

/** The flows of a folder, as their files are now; it need not be there. */
export interface FlowFiles {
  read(): readonly ReadFlow[];
  /** Throws FLOW_UNKNOWN. */
  get(name: string): ReadFlow;
  /** Writes into a flow's file whether it is offered to clients; the rest of it stays as it is. Throws FLOW_UNKNOWN. */
  setServed(name: string, serve: boolean): void;
}

const FILE = /^(?<name>[^.].*)\.ya?ml$/;
const OWNERS_MODE = 0o644;

/** The files in a folder. */
export function createFlowFiles(directory: string): FlowFiles {
  const read = (): readonly ReadFlow[] =>
    namesIn(directory).map(({ file, name, other }) =>
      other === undefined ? readOne(directory, file, name) : twice(readOne(directory, file, name), other),
    );
  const get = (name: string): ReadFlow => {
    const names = namesIn(directory);
    const found = names.find((one) => one.name === name);
    if (found !== undefined) return readOne(directory, found.file, name);
    const suggestion = didYouMean(
      name,
      names.map((one) => one.name),
    );
    throw hubError('FLOW_UNKNOWN', { name, suggestion });
  };
  return {
    read,
    get,
    setServed(name, serve) {
      const { text, file } = get(name);
      const changed = withServed(text, serve);
      if (changed !== text) writeWhole(join(directory, file.replace(/^flows\//, '')), changed, OWNERS_MODE);
    },
  };
}

const readOne = (directory: string, file: string, name: string): ReadFlow =>
  readFlow(`flows/${file}`, name, readFileSync(join(directory, file), 'utf8'));

/** A file whose name another one has: that one is the flow, and this one says so. */
const twice = (read: ReadFlow, other: string): ReadFlow => ({
  ...read,
  flow: undefined,
  document: undefined,
  issues: [
    {
      file: read.file,
      line: 1,
      path: '',
      severity: 'error',
      message: `flows/${other} is called the same`,
      fix: 'Rename one of them, or delete it.',
    },
  ],
});

interface NamedFile {
  readonly file: string;
  readonly name: string;
  /** A file before it with this name. */
  readonly other: string | undefined;
}

function namesIn(directory: string): NamedFile[] {
  if (!existsSync(directory)) return [];
  const seen = new Map<string, string>();
  return readdirSync(directory)
    .toSorted()
    .flatMap((file) => {
      const name = FILE.exec(file)?.groups?.['name'];
      if (name === undefined) return [];
      const other = seen.get(name);
      if (other === undefined) seen.set(name, file);
      return [{ file, name, other }];
    });
}
