import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Diagnostic } from '@counterpart/schemas';
import { z } from 'zod';
import { compiledCode } from '../kernel/process/compiled-code.ts';
import { readServerCode } from './read-code.ts';
import type { SourceFile } from './parse.ts';
import { MANIFEST, scanManifest } from './facts/manifest.ts';
import { PACKAGE, scanPackage } from './facts/package.ts';
import { scanService } from './facts/service.ts';

const PROGRAM = fileURLToPath(new URL('./scan-process.ts', import.meta.url));
const LONGEST_MS = 30_000;
const HEAP_MB = 512;

export interface ScanReport {
  /** Files read. */
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads all code of a server's folder, and what its manifest and package say, and scans it; code that breaks the scanner is refused with one diagnostic. */
export async function scanServer(folder: string, signal?: AbortSignal): Promise<ScanReport> {
  const { files, problems } = await readServerCode(folder);
  const facts = [
    ...(await scanFacts(join(folder, MANIFEST), scanManifest)),
    ...(await scanFacts(join(folder, PACKAGE), scanPackage)),
    ...(await scanFacts(join(folder, MANIFEST), (text) => scanService(text, files))),
  ];
  const diagnostics = [...problems, ...facts, ...(await scanApart(files, signal))];
  return { files: files.map(({ file }) => file), diagnostics };
}

/** One that is not there says nothing. */
async function scanFacts(file: string, scan: (text: string) => Diagnostic[]): Promise<Diagnostic[]> {
  const facts = await readFile(file, 'utf8').catch(() => undefined);
  return facts === undefined ? [] : scan(facts);
}

async function scanApart(
  files: readonly SourceFile[],
  signal: AbortSignal | undefined,
): Promise<Diagnostic[]> {
  signal?.throwIfAborted();
  const limits = AbortSignal.timeout(LONGEST_MS);
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, PROGRAM], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: compiledCode(),
    killSignal: 'SIGKILL',
    signal: signal === undefined ? limits : AbortSignal.any([signal, limits]),
  });
  child.on('error', () => undefined); // The missing answer says the same.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(files));
  const answer = await text(child.stdout).catch(() => '');
  signal?.throwIfAborted();
  return parseAnswer(answer) ?? [UNREADABLE];
}

function parseAnswer(answer: string): Diagnostic[] | undefined {
  try {
    return z.array(Diagnostic).safeParse(JSON.parse(answer)).data;
  } catch {
    return undefined;
  }
}

const UNREADABLE: Diagnostic = {
  file: '.',
  line: 1,
  column: 1,
  rule: 'syntax',
  severity: 'error',
  message: 'the code cannot be read within half a minute and 512 MB',
  fix: 'Write it plainly: nothing in a tool is nested that deep.',
};
