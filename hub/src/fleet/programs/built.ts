import { resolve } from 'node:path';
import type { Manifest } from '@counterpart/schemas';
import { verifyServer } from '../../versions/verify.ts';
import { compileCacheOf } from '../compile-cache.ts';
import type { Origin } from '../desired.ts';
import { builtEnvironment, textMembers, type Lending, type ServerEnvironment } from '../environment.ts';
import { withGiven } from '../member-secrets.ts';
import { deniedSchemes, withinPermissions, withoutDenied } from '../permissions/within.ts';
import { wallIn } from '../walls/built.ts';
import { resolveMembers, type Lookup, type Program } from './lookup.ts';

export type BuiltOrigin = Extract<Origin, { kind: 'built' }>;

function lendingOf({ found, override }: BuiltOrigin, { given, lend, redactor }: Lookup): Lending | undefined {
  const denied = deniedSchemes(found.manifest, override);
  const schemes = given.schemes.filter((scheme) => !denied.includes(scheme));
  if (schemes.length === 0) return undefined;
  const { url, key } = lend(found.manifest.id);
  redactor.add(key);
  return { url, key, schemes };
}

/** What a built server is told outside walls, as `manifest` declares it. Throws CONFIG_INVALID. */
export function environmentOf(origin: BuiltOrigin, manifest: Manifest, options: Lookup): ServerEnvironment {
  const { override } = origin;
  return builtEnvironment({
    manifest,
    override,
    overrideEnv: resolveMembers(textMembers(withoutDenied(override?.env, override)), manifest.id, options),
    host: withGiven(options.host, options.given),
    mirrorUrl: options.mirrorUrl(manifest.id),
    lending: lendingOf(origin, options),
    hookFolder: (hook) => options.inbox.folderOf({ server: manifest.id, hook }),
  });
}

/** The program of a built server. Rejects with what keeps it from being started at all. */
export async function builtProgram(origin: BuiltOrigin, options: Lookup): Promise<Program> {
  const { directory, contentHash } = origin.found;
  const manifest = withinPermissions(origin.found.manifest, origin.override);
  // A package whose entry is its source, as hand-made ones are, has nothing to bundle.
  const bundled = manifest.entry !== manifest.source;
  const signed = await verifyServer(origin.found, options.versions);
  if (bundled && !signed) await options.ensureBundle(directory);
  const environment = environmentOf(origin, manifest, options);
  const compiled = await compileCacheOf(options.compiledDir, { id: manifest.id, contentHash });
  const entry = signed?.program ?? resolve(directory, manifest.entry);
  const env = { NODE_COMPILE_CACHE: compiled, ...environment.env };
  const isWalled = (origin.override?.walls ?? options.config.defaults.walls) === 'sandbox';
  const inmate = {
    manifest,
    override: origin.override,
    directory,
    entry,
    env,
    mirrorUrl: options.mirrorUrl(manifest.id),
    // What was signed, not what lies in the servers folder; its program looks for its manifest there.
    packageDir: signed?.version.packageDir ?? directory,
    folders: [compiled],
  };
  return {
    command: process.execPath,
    args: [entry],
    verify: signed?.verify,
    signed: signed !== undefined,
    cwd: directory,
    environment: { ...environment, env },
    restart: manifest.restart,
    warm: bundled,
    walled: isWalled ? await wallIn(options.walls, inmate) : undefined,
  };
}
