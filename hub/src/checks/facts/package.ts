import type { Diagnostic } from '@counterpart/schemas';
import { z } from 'zod';
import { insteadOfModule } from '../allowed.ts';
import { placeIn } from './place-in.ts';

export const PACKAGE = 'package.json';

/** What a server's package may name, at any exact version: what it is built and tested with. Nothing else is installed. */
const ALLOWED = new Set(['@counterpart/kit', 'zod', 'tsup', 'vitest', 'typescript', 'pg', 'mysql2']);
/** A version of a registry: not an alias, an address, a folder or a repository. */
const VERSION = /^[~^]?\d+\.\d+\.\d+(?:-[\w.]+)?$/;
/** Run by package managers of their own accord. */
const LIFECYCLE = /^(?:pre|post)?(?:install|prepare|pack|publish|prepublishOnly|dependencies)$/;
/** Put other packages in the place of those that are named. */
const REPLACING = [
  'overrides',
  'resolutions',
  'bundledDependencies',
  'bundleDependencies',
  'workspaces',
  'imports',
];

const Package = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
  scripts: z.record(z.string(), z.string()).default({}),
});

/**
 * What may not stand in a server's `package.json`. A server is one bundled file with its kit inside; it has no lockfile
 * because nothing is ever installed for it, and so no dependency can be smuggled in.
 */
export function scanPackage(text: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  const add = (at: string, message: string, fix: string): void => {
    found.push({ file: PACKAGE, ...placeIn(text, at), rule: 'dependency', severity: 'error', message, fix });
  };
  const parsed = Package.safeParse(parse(text));
  if (!parsed.success) {
    add('', 'is no package description that can be read', 'Leave it out: the build writes it.');
    return found;
  }
  const { dependencies, devDependencies, optionalDependencies, peerDependencies, scripts } = parsed.data;
  const all = [dependencies, devDependencies, optionalDependencies, peerDependencies].flatMap(Object.entries);
  for (const [name, version] of all) {
    if (!ALLOWED.has(name))
      add(name, `needs the package ${name}, which is not allowed`, insteadOfModule(name));
    else if (!VERSION.test(String(version)))
      add(name, `takes ${name} from ${String(version)}`, 'Name an exact version, such as 1.2.3.');
  }
  for (const name of Object.keys(scripts).filter((script) => LIFECYCLE.test(script)))
    add(name, `runs a script by itself when it is installed (${name})`, 'Take the script out.');
  for (const name of REPLACING.filter((member) => member in parsed.data))
    add(name, `replaces packages by others (${name})`, 'Take it out.');
  return found;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
