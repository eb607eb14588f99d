import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareBlueprints } from '@counterpart/scaffolds/compare/compare-blueprints';
import { hashFiles, listFiles } from '@counterpart/scaffolds/server/source-files';
import { ApprovalSheet, ToolDefinition, type RoundReport } from '@counterpart/schemas';
import { z } from 'zod';
import { readBlueprint, readJson } from '../../builder/installed.ts';
import { readManifest } from '../../builder/packages/record-tools.ts';
import type { LoopRun } from '../room.ts';

/** Paths of everything of a candidate that is installed, the bundle included. */
const filesOf = async (candidate: string): Promise<string[]> =>
  (await listFiles(candidate, '')).filter((file) => !file.startsWith('node_modules/'));

/** The content hash that an approval is bound to. */
export const hashCandidate = async (candidate: string): Promise<string> =>
  await hashFiles(candidate, await filesOf(candidate));

/** Everything a person should know before they decide. */
export async function makeSheet(run: LoopRun, report: RoundReport): Promise<ApprovalSheet> {
  const { candidate } = run.folder;
  const record = await run.record();
  const manifest = await readManifest(candidate);
  const files = await filesOf(candidate);
  const tools = z.array(ToolDefinition).parse(await readJson(join(candidate, 'tools.json')));
  const [before, now] = await Promise.all([
    readBlueprint(join(run.room.serversDir, manifest.id)),
    readBlueprint(candidate),
  ]);
  return ApprovalSheet.parse({
    build: run.id,
    server: manifest.id,
    version: manifest.version,
    title: manifest.title,
    kind: record.plan?.kind ?? 'code',
    hash: await hashCandidate(candidate),
    tools: tools.map(({ name, description = '' }) => ({
      name,
      effect: manifest.tools[name]?.effect ?? 'destructive',
      description,
    })),
    hosts: manifest.permissions.net,
    secrets: manifest.secrets,
    config: manifest.config,
    ...(manifest.hooks === undefined ? {} : { hooks: manifest.hooks }),
    files: await Promise.all(
      files.map(async (path) => ({ path, bytes: (await stat(join(candidate, path))).size })),
    ),
    dependencies: Dependencies.parse(await readJson(join(candidate, 'package.json'))),
    ...(before === undefined || now === undefined ? {} : { changes: compareBlueprints(before, now) }),
    warnings: report.diagnostics,
    tests: testsOf(report),
    ...(report.canary === undefined ? {} : { canary: report.canary }),
    author: {
      kind: record.order.author,
      ...modelOf(run),
      packs: [...new Set(run.folder.questions().map(({ pack }) => pack))],
      repairs: report.round,
    },
    cost: costOf(run),
  });
}

const testsOf = ({ tests }: RoundReport): ApprovalSheet['tests'] => ({
  passed: tests?.passed ?? 0,
  sandbox: tests?.sandbox ?? 'none',
  ...(tests?.coverage === undefined ? {} : { coverage: tests.coverage }),
  ...(tests?.unsafeLocal === undefined ? {} : { unsafeLocal: tests.unsafeLocal }),
});

const Dependencies = z
  .looseObject({ dependencies: z.record(z.string(), z.string()).default({}) })
  .transform(({ dependencies }) =>
    Object.entries(dependencies).map(([name, version]) => `${name}@${version}`),
  );

const answersOf = ({ folder }: LoopRun) =>
  folder.questions().flatMap(({ number }) => folder.answer(number) ?? []);

function modelOf(run: LoopRun): { model?: string } {
  const model = answersOf(run).at(-1)?.model;
  return model === undefined ? {} : { model };
}

function costOf(run: LoopRun): ApprovalSheet['cost'] {
  const used = answersOf(run).flatMap(({ usage }) => usage ?? []);
  return {
    calls: used.length,
    inputTokens: used.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
    outputTokens: used.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
  };
}
