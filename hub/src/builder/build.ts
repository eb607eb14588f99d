import { join, resolve } from 'node:path';
import { compareBlueprints } from '@counterpart/scaffolds/compare/compare-blueprints';
import { credentialsNeeded } from '@counterpart/kit/broker';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import {
  Category,
  CounterpartError,
  hubError,
  type Blueprint,
  type BuildReport,
  type BuildStage,
} from '@counterpart/schemas';
import { inTurn } from '../kernel/at-most.ts';
import { makeFolder } from '../kernel/files/make-folder.ts';
import { openStaging, sweepStaging, type Staging } from '../versions/staging.ts';
import { checkServer } from './verify/check-server.ts';
import { compileSource, lostOperations, type CompiledSource } from './source/compile-source.ts';
import { ensureBundle } from './ensure-bundle.ts';
import { assertSameService, readBlueprint, readInstalled, type Installed } from './installed.ts';
import { installBuilt, readKept } from './install-built.ts';
import type { BuildOptions } from './options.ts';
import { isWritten, listHandFiles, planPackage, writePackage, type PackagePlan } from './write-package.ts';
import { systemReason } from '../kernel/files/system-reason.ts';

const DEFAULT_CATEGORY = 'general';

type Outcome = Pick<BuildReport, 'outcome' | 'check'> & { readonly plan: PackagePlan };

/**
 * Builds a server from a description and installs it as `<serversDir>/<id>`. On any failure, a kill included, the
 * previous version stays as it was; a build that changes nothing writes nothing.
 */
export async function buildServer(options: BuildOptions): Promise<BuildReport> {
  const startedAt = performance.now();
  const serversDir = resolve(options.serversDir);
  const source = await compileSource(options);
  // Of two descriptions with one name the later finds what the earlier installed.
  return inTurn(join(serversDir, source.blueprint.id), () =>
    install({ ...options, serversDir }, source, startedAt),
  );
}

async function install(
  options: BuildOptions,
  source: CompiledSource,
  startedAt: number,
): Promise<BuildReport> {
  const { serversDir } = options;
  const { id } = source.blueprint;
  await sweepStaging(serversDir);
  const previous = await readInstalled(join(serversDir, id), id);
  if (previous !== undefined && options.name === undefined) assertSameService(previous, source.blueprint);
  const run = {
    options,
    serversDir,
    blueprint: source.blueprint,
    previous,
    category: chooseCategory(options, previous),
  };
  // Asked before the installed version is gone.
  const changes = previous && (await changesSince(previous, join(serversDir, id), source.blueprint));
  const outcome = options.dryRun === true ? await planOnly(run) : await installNew(run);
  const durationMs = Math.round(performance.now() - startedAt);
  return toReport(source, outcome, {
    directory: join(serversDir, id),
    durationMs,
    ...(changes === undefined ? {} : { changes }),
  });
}

/** What callers notice; undefined when the installed blueprint cannot be read. An equal one need not be read at all. */
async function changesSince(
  previous: Installed,
  dir: string,
  blueprint: Blueprint,
): Promise<BuildReport['changes']> {
  if (previous.blueprintHash === hashJson(blueprint)) return [];
  const installed = await readBlueprint(dir);
  return installed && compareBlueprints(installed, blueprint);
}

interface BuildRun {
  readonly options: BuildOptions;
  readonly serversDir: string;
  readonly blueprint: Blueprint;
  readonly previous: Installed | undefined;
  readonly category: string;
}

async function planOnly(run: BuildRun): Promise<Outcome> {
  const { id } = run.blueprint;
  const { signal } = run.options;
  const target = join(run.serversDir, id);
  if ((await listHandFiles(target)).length === 0) {
    return { outcome: 'planned', plan: await planPackage(target, { ...run, signal }) };
  }
  // Hand-written tools are asked in a copy, so that the installed version stays as it is.
  const staging = await inStage('write', id, () => openStaging(run.serversDir, id));
  try {
    return { outcome: 'planned', plan: await planPackage(staging.next, { ...run, signal }) };
  } finally {
    await staging.discard();
  }
}

async function installNew(run: BuildRun): Promise<Outcome> {
  const { id } = run.blueprint;
  try {
    makeFolder(run.serversDir);
  } catch (cause) {
    throw hubError('DATA_UNWRITABLE', { directory: run.serversDir, detail: systemReason(cause) }, { cause });
  }
  const staging = await inStage('write', id, () => openStaging(run.serversDir, id));
  try {
    return await buildStaged(run, staging);
  } finally {
    await staging.discard();
  }
}

async function buildStaged(run: BuildRun, staging: Staging): Promise<Outcome> {
  const { blueprint, options, serversDir } = run;
  const { signal } = options;
  const target = join(serversDir, blueprint.id);
  const stage = <T>(name: BuildStage, work: () => Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    options.onProgress?.({ stage: name });
    return inStage(name, blueprint.id, work);
  };
  const kept = await readKept(blueprint.id, { options, previous: run.previous?.version });
  const plan = await stage('write', () => planPackage(staging.next, { ...run, ...kept, signal }));
  if (run.previous !== undefined && kept.isSigned && (await isWritten(target, plan.files))) {
    await stage('bundle', () => ensureBundle(target, signal));
    return { outcome: 'unchanged', plan };
  }
  await writePackage(staging.next, plan.files);
  await stage('bundle', () => ensureBundle(staging.next, signal));
  const { manifest, tools } = plan;
  const check = await stage('check', () =>
    checkServer({ dir: staging.next, blueprint, manifest, tools, signal }),
  );
  await stage('install', () => installBuilt(blueprint, { options, staging, check }));
  return { outcome: 'installed', check, plan };
}

/** Runs one stage; an error that is not of the catalogue becomes BUILD_FAILED with the stage's name. */
async function inStage<T>(stage: BuildStage, server: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    // The bundler knows a folder, and this one is gone in a moment.
    const ofStaging = cause instanceof CounterpartError && cause.code === 'BUILD_FAILED';
    if (isNamed(cause) && !ofStaging) throw cause;
    const detail = ofStaging ? String(cause.params['detail']) : detailOf(cause);
    throw hubError('BUILD_FAILED', { server, stage, detail }, { cause });
  }
}

const isNamed = (error: unknown): error is CounterpartError | DOMException =>
  error instanceof Error && (error.name === 'CounterpartError' || error.name === 'AbortError');

const detailOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function chooseCategory(options: BuildOptions, previous: Installed | undefined): string {
  const category = options.category ?? previous?.category ?? DEFAULT_CATEGORY;
  if (Category.safeParse(category).success) return category;
  const detail = `"${category}": lower-case letters, digits and single dashes, at most 32`;
  throw hubError('INPUT_INVALID', { subject: 'the category', detail });
}

function toReport(
  source: CompiledSource,
  { outcome, check, plan }: Outcome,
  facts: Pick<BuildReport, 'directory' | 'durationMs' | 'changes'>,
): BuildReport {
  const { blueprint, total } = source;
  const { manifest, tools } = plan;
  const listing = JSON.stringify({ tools });
  const built = blueprint.operations.length;
  const omitted = lostOperations(blueprint.omitted).length;
  const secrets = manifest.secrets.map((slot) => slot.name);
  const enough = credentialsNeeded(blueprint);
  const isChoice = enough.length > 0 && enough.every((set) => secrets.some((name) => !set.includes(name)));
  return {
    id: blueprint.id,
    version: manifest.version,
    source: blueprint.source.location,
    format: blueprint.source.format,
    blueprintHash: manifest.blueprint?.hash ?? '',
    outcome,
    ...facts,
    operations: { total, selected: built + omitted, built, omitted },
    tools: tools.map((tool) => tool.name),
    omitted: blueprint.omitted,
    size: { bytes: Buffer.byteLength(listing), tokens: Math.ceil(listing.length / 4) },
    ...(source.cached === undefined ? {} : { cached: source.cached }),
    ...(source.groups === undefined ? {} : { groups: [...source.groups] }),
    secrets,
    ...(isChoice ? { enough } : {}),
    net: manifest.permissions.net,
    ...(check === undefined ? {} : { check }),
  };
}
