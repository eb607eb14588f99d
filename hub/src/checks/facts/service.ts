import { Manifest, type Diagnostic } from '@counterpart/schemas';
import type { SourceFile } from '../parse.ts';
import { isTestFile } from '../rules/imports.ts';

/** A request whose path starts from an address that has to be known. */
const RELATIVE = /\bhttp\s*\.\s*(?:json|request)\(\s*\{(?:[^{}]*[,\s])?path:\s*['"`]\/(?!\/)/g;

/**
 * Requests with a relative path in a server that has no address to start from. Its tests pass, since they bring one; in service
 * every call would fail.
 */
export function scanService(manifest: string, files: readonly SourceFile[]): Diagnostic[] {
  const parsed = Manifest.safeParse(parse(manifest));
  if (!parsed.success || parsed.data.scaffold !== 'hand') return [];
  if (parsed.data.config.some(({ name }) => name.endsWith('_BASE_URL'))) return [];
  return files
    .filter(({ file }) => !isTestFile(file))
    .flatMap(({ file, text }) =>
      [...text.matchAll(RELATIVE)].map(({ 0: found, index }): Diagnostic => {
        const before = text.slice(0, index + found.lastIndexOf('path:')).split('\n');
        return {
          file,
          line: before.length,
          column: (before.at(-1) ?? '').length + 1,
          rule: 'service',
          severity: 'error',
          message: 'asks for a relative path, and no address is declared that it starts from',
          fix: 'Declare the address of the service (`service` in an answer; in a manifest a setting whose name ends in `_BASE_URL`), or write the whole address.',
        };
      }),
    );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
