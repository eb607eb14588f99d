import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Expression, Literal, Program } from 'acorn';
import { allowedModules, insteadOfModule } from '../allowed.ts';
import { START, type Finding } from '../finding.ts';
import { walk } from '../walk.ts';

/** Modules that are not on the list, files outside of the server, and imports whose module is not written down. */
export function checkImports(program: Program, file: string): Finding[] {
  const allowed = allowedModules(isTestFile(file));
  const found: Finding[] = [];
  const check = (source: Literal | Expression): void => {
    const problem = problemOf(source, file, allowed);
    if (problem !== undefined) found.push({ ...problem, at: source.loc?.start ?? START });
  };
  walk(program, {
    ImportDeclaration: ({ source }) => check(source),
    ExportAllDeclaration: ({ source }) => check(source),
    ExportNamedDeclaration: ({ source }) => source && check(source),
    ImportExpression: ({ source }) => check(source),
    // `vi.importActual('node:fs')` loads a module as `import()` does, and a double of one changes what all tests prove.
    CallExpression: ({ callee, arguments: [source] }) => {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      const { object, property } = callee;
      const isLoading = object.type === 'Identifier' && object.name === 'vi' && LOADERS.has(property.name);
      if (isLoading && source && source.type !== 'SpreadElement') check(source);
    },
  });
  return found;
}

/** Of vitest: what loads or replaces the module that its first argument names. */
const LOADERS = new Set(['importActual', 'importMock', 'mock', 'doMock']);

/** Tests may use the runner and assertions; what is installed never contains them. */
export const isTestFile = (file: string): boolean =>
  /(?:^|\/)test\//.test(file) || /\.test\.[cm]?[jt]s$/.test(file);

type Problem = Omit<Finding, 'at'>;

function problemOf(
  source: Literal | Expression,
  file: string,
  allowed: ReadonlySet<string>,
): Problem | undefined {
  if (source.type !== 'Literal' || typeof source.value !== 'string') {
    return refuse(
      'dynamic-code',
      'imports a module that is only known when it runs',
      'Write the module’s name.',
    );
  }
  const name = source.value;
  if (/^\.{1,2}\//.test(name)) {
    const target = posix.join(posix.dirname(file), name);
    if (!target.startsWith('../')) return undefined;
    return refuse(
      'import',
      `imports ${name}, outside of the server’s folder`,
      'Keep what it needs in the folder.',
    );
  }
  const canonical = isBuiltin(name) && !name.startsWith('node:') ? `node:${name}` : name;
  if (allowed.has(canonical)) return undefined;
  if (isPackage(canonical))
    return refuse(
      'dependency',
      `needs the package ${JSON.stringify(name)}: servers have no dependency but the kit and zod`,
      insteadOfModule(canonical),
    );
  return refuse(
    'import',
    `imports ${JSON.stringify(name)}, which is not allowed`,
    insteadOfModule(canonical),
  );
}

/** A package by its name, with or without a path inside: what an `npm install` would have to bring. */
const PACKAGE = /^(?!.*\.\.)(?!@counterpart\/)(?:@[\w.-]+\/)?[a-z][\w.-]*(?:\/[\w./-]+)?$/i;
const isPackage = (name: string): boolean => PACKAGE.test(name) && !allowedModules(true).has(name);

const refuse = (rule: string, message: string, fix: string): Problem => ({
  rule,
  severity: 'error',
  message,
  fix,
});
