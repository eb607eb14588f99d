import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HarFile, HubConfig, HubEvent, Manifest, MirrorSettings } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { BuildReport } from '@counterpart/schemas/builds/build';
import { DecideRequest, ProposalList } from '@counterpart/schemas/hub/approval';
import { Scenario } from '@counterpart/schemas/mirror/scenario';
import {
  AddServerRequest,
  CallRequest,
  HubStatus,
  Problem,
  ServerDetail,
} from '@counterpart/schemas/hub/api';
import { MirrorInspection } from '@counterpart/schemas/mirror/api';
import { ContractDiff } from '@counterpart/schemas/mirror/contract-diff';
import { Fault } from '@counterpart/schemas/mirror/fault';
import { z } from 'zod';
import { renderConfigPage } from './config-page.ts';
import { renderErrorsPage } from './errors-page.ts';

/** `npm run gen` writes what is derived from the contracts; with `--check` it only compares, and fails on a difference. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  blueprint: Blueprint,
  manifest: Manifest,
  config: HubConfig,
  build: BuildReport,
  event: HubEvent,
  error: Problem,
  'api-status': HubStatus,
  'api-server': ServerDetail,
  'api-call': CallRequest,
  'api-add-server': AddServerRequest,
  'api-approvals': ProposalList,
  'api-decide': DecideRequest,
  'mirror-settings': MirrorSettings,
  'mirror-fault': Fault,
  'mirror-scenario': Scenario,
  'mirror-recording': HarFile,
  'mirror-diff': ContractDiff,
  'api-mirror': MirrorInspection,
};

function outputs(): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const json = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });
    files.set(
      `schemas/json/${name}.schema.json`,
      `${JSON.stringify({ $comment: 'Generated from schemas/src by `npm run gen`.', ...json }, undefined, 2)}\n`,
    );
  }
  files.set('docs/errors.md', renderErrorsPage());
  files.set('docs/configuration.md', renderConfigPage());
  return files;
}

function main(check: boolean): void {
  const stale: string[] = [];
  mkdirSync(`${ROOT}schemas/json`, { recursive: true });
  for (const [file, text] of outputs()) {
    if (readOrNothing(`${ROOT}${file}`) === text) continue;
    stale.push(file);
    if (!check) writeFileSync(`${ROOT}${file}`, text);
  }
  if (stale.length === 0) return;
  process.stdout.write(
    `${check ? 'differs from the contracts; run `npm run gen`' : 'written'}: ${stale.join(', ')}\n`,
  );
  if (check) process.exitCode = 1;
}

function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

main(process.argv.includes('--check'));
