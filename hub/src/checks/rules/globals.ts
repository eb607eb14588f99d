import type { Program } from 'acorn';
import { analyze } from 'eslint-scope';
import type { Program as EsProgram } from 'estree';
import { ALLOWED_GLOBALS, insteadOfGlobal } from '../allowed.ts';
import { START, type Finding } from '../finding.ts';

/** Names that a file uses and neither declares nor imports, and that are not on the list. Each is told once. */
export function checkGlobals(program: Program): Finding[] {
  const scopes = analyze(toEsTree(program), { ecmaVersion: 2022, sourceType: 'module' });
  const found = new Map<string, Finding>();
  for (const { identifier } of scopes.globalScope?.through ?? []) {
    const { name, loc } = identifier;
    if (ALLOWED_GLOBALS.has(name) || found.has(name)) continue;
    const { rule, fix } = insteadOfGlobal(name);
    const message = `uses ${name}, which is not allowed`;
    found.set(name, { rule, severity: 'error', message, fix, at: loc?.start ?? START });
  }
  return [...found.values()];
}

/** acorn writes ESTree; only the names of its types differ from those of the published ones. */
const toEsTree = (program: Program): EsProgram => program as unknown as EsProgram;
