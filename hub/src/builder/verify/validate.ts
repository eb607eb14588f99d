import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { lintTool } from '@counterpart/scaffolds/profiles/lint';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { renderProgram } from '@counterpart/scaffolds/server/program';
import { listFiles } from '@counterpart/scaffolds/server/source-files';
import { Manifest, needsOf, ToolDefinition, ToolName } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { z } from 'zod';
import { dependencyProblem, readNeeds } from '../../versions/dependencies.ts';
import { readJson } from '../installed.ts';
import { listHandFiles } from '../write-package.ts';

export interface ServerProblem {
  /** Relative to the server's folder. */
  readonly file: string;
  readonly problem: string;
}

/**
 * Everything about a server's folder that breaks a rule; nothing is run or imported. Empty: the server is sound. What it needs
 * is looked for beside it and among `thirdParty`.
 */
export async function validateServer(
  dir: string,
  { thirdParty = [] }: { readonly thirdParty?: readonly string[] } = {},
): Promise<ServerProblem[]> {
  const manifest = Manifest.safeParse(await readJson(join(dir, 'manifest.json')));
  if (!manifest.success) return [{ file: 'manifest.json', problem: z.prettifyError(manifest.error) }];
  const checks = [checkFiles, checkTools, checkBlueprint, checkProgram, checkSources];
  const problems = await Promise.all(checks.map((check) => check(dir, manifest.data)));
  return [...problems.flat(), ...(await checkNeeds(dir, manifest.data, thirdParty))];
}

async function checkNeeds(
  dir: string,
  manifest: Manifest,
  thirdParty: readonly string[],
): Promise<ServerProblem[]> {
  if (needsOf(manifest).size === 0) return [];
  const servers = await readNeeds({ serversDir: dirname(resolve(dir)), thirdParty });
  const problem = dependencyProblem(manifest.id, servers);
  return problem ? [{ file: 'manifest.json', problem: problem.message }] : [];
}

async function checkFiles(dir: string, manifest: Manifest): Promise<ServerProblem[]> {
  const problems: ServerProblem[] = [];
  if (basename(dir) !== manifest.id) {
    problems.push({
      file: 'manifest.json',
      problem: `the id is ${manifest.id}, the folder ${basename(dir)}`,
    });
  }
  for (const file of ['tools.json', 'package.json', 'README.md', manifest.source, manifest.test]) {
    const found = await stat(join(dir, file)).catch(() => undefined);
    if (found?.isFile() !== true) problems.push({ file, problem: 'the file is missing' });
  }
  return problems;
}

async function checkTools(dir: string, manifest: Manifest): Promise<ServerProblem[]> {
  const file = 'tools.json';
  const parsed = z.array(ToolDefinition).safeParse(await readJson(join(dir, file)));
  if (!parsed.success) return [{ file, problem: z.prettifyError(parsed.error) }];
  const listed = new Set(parsed.data.map((tool) => tool.name));
  const unlisted = Object.keys(manifest.tools).filter((name) => !listed.has(name));
  return [
    ...(listed.size < parsed.data.length ? [{ file, problem: 'a tool stands in it twice' }] : []),
    ...unlisted.map((name) => ({ file, problem: `${name} is in the manifest and not here` })),
    ...parsed.data.flatMap((tool) => checkTool(tool, manifest).map((problem) => ({ file, problem }))),
  ];
}

function checkTool(tool: ToolDefinition, manifest: Manifest): string[] {
  const expected = manifest.tools[tool.name];
  const problems = lintTool(tool).map((finding) => `${tool.name}: ${finding.detail} (${finding.profile})`);
  if (!ToolName.safeParse(tool.name).success) problems.push(`${tool.name}: the name is not legal`);
  if (expected === undefined) problems.push(`${tool.name} is not in the manifest`);
  else if (expected.hash !== hashJson(tool))
    problems.push(`${tool.name} differs from the hash in the manifest`);
  return problems;
}

async function checkBlueprint(dir: string, manifest: Manifest): Promise<ServerProblem[]> {
  if (manifest.blueprint === undefined) return [];
  const file = manifest.blueprint.path;
  const json = await readJson(join(dir, file));
  const parsed = Blueprint.safeParse(json);
  if (!parsed.success) return [{ file, problem: z.prettifyError(parsed.error) }];
  return hashJson(json) === manifest.blueprint.hash
    ? []
    : [{ file, problem: 'it differs from the hash in the manifest' }];
}

/** The code that a build writes must be exactly what it writes: an edit there would be lost. */
async function checkProgram(dir: string, manifest: Manifest): Promise<ServerProblem[]> {
  if (manifest.scaffold === 'hand' || manifest.blueprint === undefined) return [];
  const handFiles = await listHandFiles(dir);
  const expected = renderProgram({ manifest, blueprintHash: manifest.blueprint.hash, handFiles });
  const problems: ServerProblem[] = [];
  for (const [file, text] of expected) {
    const found = await readFile(join(dir, file), 'utf8').catch(() => undefined);
    if (found !== undefined && found !== text)
      problems.push({
        file,
        problem: 'it is not what a build writes for these tools; build the server again',
      });
    if (found === undefined && file === 'src/tools.ts')
      problems.push({ file, problem: 'the file is missing' });
  }
  const toolNames = new Set(
    Object.keys(manifest.tools).map((name) => name.replaceAll('_', '-').toLowerCase()),
  );
  const misnamed = handFiles.filter((name) => !toolNames.has(name));
  return [
    ...problems,
    ...misnamed.map((name) => ({
      file: `src/tools/${name}.ts`,
      problem: 'no tool has the name of this file',
    })),
  ];
}

/** What code of a server may not do; each has its place in the kit. */
const FORBIDDEN: readonly { readonly pattern: RegExp; readonly problem: string }[] = [
  {
    pattern: /\bconsole\.(?:log|info|debug|table|dir)\b/,
    problem: 'standard output belongs to the protocol: no console.log',
  },
  { pattern: /\bprocess\.stdout\b/, problem: 'standard output belongs to the protocol' },
  { pattern: /\bprocess\.env\b/, problem: 'settings come from the context: no process.env' },
  { pattern: /(?<![.\w])fetch\s*\(/, problem: "requests go through the context's http: no fetch" },
  { pattern: /(?<![.\w])eval\s*\(|\bnew\s+Function\b/, problem: 'no eval' },
  { pattern: /(?<![.\w])import\s*\(/, problem: 'no dynamic import' },
];

async function checkSources(dir: string): Promise<ServerProblem[]> {
  const files = (await listFiles(dir, 'src')).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const problems = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(dir, file), 'utf8');
      return FORBIDDEN.filter(({ pattern }) => pattern.test(text)).map(({ problem }) => ({ file, problem }));
    }),
  );
  return problems.flat();
}
