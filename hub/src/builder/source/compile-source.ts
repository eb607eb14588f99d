import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@counterpart/scaffolds/readers/database/load';
import { openRecording } from '@counterpart/scaffolds/readers/har/load';
import { assertReadable } from '@counterpart/scaffolds/readers/detect/refuse';
import { loadDescription } from '@counterpart/scaffolds/readers/load';
import { openData } from '@counterpart/scaffolds/readers/sample/load';
import { keepListed, lockOfBuilt } from '@counterpart/scaffolds/readers/listed-before';
import { readSource } from '@counterpart/scaffolds/readers/read';
import type { ReadResult } from '@counterpart/scaffolds/readers/reader';
import type { LoadOptions, SourceText } from '@counterpart/scaffolds/readers/source';
import { chooseOperations, isChoice } from '@counterpart/scaffolds/selection/choose';
import { toStableBlueprint } from '@counterpart/scaffolds/server/write';
import { hubError, ServerId, type NameLock, type Omission } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { z } from 'zod';
import { compiledOnce, type Compiled } from '../compiled/cache.ts';
import { readChosen } from './read-chosen.ts';
import { findSource, isUndiscovered, leadsNowhere } from './find-source.ts';
import { assertAddress, withPortExplained } from './unasked-address.ts';
import { readNames } from '../installed.ts';
import type { BuildOptions } from '../options.ts';
import { parseServerId, toServerId } from '../server-id.ts';

export interface CompiledSource extends Compiled {
  /** True when it was compiled by an earlier build; absent for a source that is a blueprint already. */
  readonly cached?: boolean;
}

/** What an operation's omission is called in a refusal; more are counted only. */
const SHOWN_OMISSIONS = 20;

/** Stands in until the title is known; no name or path of a blueprint is made from the id. */
const UNNAMED = ServerId.parse('server');

/**
 * Stages read and compile: a description becomes a blueprint with at least one operation.
 * Throws SOURCE_EMPTY, and with `strict` SOURCE_INCOMPLETE, beside the errors of the reader.
 */
export async function compileSource(options: BuildOptions): Promise<CompiledSource> {
  const { signal, onProgress, name } = options;
  const id = name === undefined ? UNNAMED : parseServerId(name);
  onProgress?.({ stage: 'read', note: options.from });
  const source = await openSource(options);
  signal?.throwIfAborted();
  const stored = storedBlueprint(source);
  if (stored) {
    const operations = isChoice(options)
      ? chooseOperations(stored.operations, options, source.location)
      : stored.operations;
    const chosen = { ...stored, operations, ...(name === undefined ? {} : { id }) };
    const blueprint = keepListed(chosen, lockOfBuilt(stored));
    return { blueprint, total: stored.operations.length };
  }
  onProgress?.({ stage: 'compile' });
  const compiled = await compiledOnce(source, options, (text) => compile(text, id, options));
  signal?.throwIfAborted();
  assertComplete(compiled.blueprint, source.location, options.strict === true);
  return compiled;
}

/** The description as a blueprint with the name that it was given or that its title gives. */
async function compile(source: SourceText, id: ServerId, options: BuildOptions): Promise<Compiled> {
  const { name, onProgress, serversDir } = options;
  let lock: NameLock | undefined;
  const read = async (include: readonly string[] | undefined, whole?: boolean): Promise<ReadResult> =>
    readSource(source, {
      id,
      include,
      whole,
      baseUrl: options.baseUrl,
      hosts: options.hosts,
      keepPersonal: options.keepPersonal,
      writable: options.writable,
      namesOf: async (title) => {
        lock =
          options.names ?? (await readNames(join(serversDir, name === undefined ? toServerId(title) : id)));
        return lock;
      },
      onProgress: ({ done, total }) => onProgress?.({ stage: 'compile', done, total }),
    });
  const { blueprint, total, groups } = await readChosen(read, source.location, options);
  const named = name === undefined ? { ...blueprint, id: toServerId(blueprint.title) } : blueprint;
  return { blueprint: toStableBlueprint(keepListed(named, lock)), total, groups };
}

/** The source that was asked for. Throws SOURCE_UNSUPPORTED for one that is recognised and not read. */
async function openSource(options: BuildOptions): Promise<SourceText> {
  const { signal, allowRemote, allowOutside } = options;
  if (options.source !== undefined) return options.source;
  if (options.from.trim() === '')
    throw hubError('SOURCE_UNREADABLE', { source: '--from', detail: 'it is empty and names no source' });
  const location = blueprintOf(options.from) ?? options.from;
  assertAddress(location);
  const source = await openLocation(location, { signal, allowRemote, allowOutside }).catch(
    (error: unknown) => {
      throw withPortExplained(error, location);
    },
  );
  if (source.head !== undefined) assertReadable(source.head, source.location);
  return source;
}

const openLocation = async (location: string, options: LoadOptions): Promise<SourceText> =>
  (await openDatabase(location, options.signal)) ??
  (await openRecording(location, options.signal)) ??
  (await openData(location, options.signal)) ??
  (await loadOrFind(location, options));

/** Reads a source; a URL that is no description itself is looked around at, and its page's own tables come last. */
async function loadOrFind(location: string, options: LoadOptions): Promise<SourceText> {
  let page: SourceText | undefined;
  try {
    const source = await loadDescription(location, options);
    if (!(/^https?:/i.test(location) && isPage(source.text))) return source;
    page = source;
  } catch (error) {
    if (!leadsNowhere(error, location)) throw error;
    return await findSource(location, options).catch((none: unknown) => {
      // Where nobody answers there is nothing to look around at: the first failure says more.
      throw isUndiscovered(none) ? none : error;
    });
  }
  const own = page;
  return findSource(location, options).catch((none: unknown) => {
    if (isUndiscovered(none) && /<t[hd]\b/i.test(own.text)) return own;
    throw none;
  });
}

const isPage = (text: string): boolean => /^[\s\uFEFF]*<(?:!doctype html|html)\b/i.test(text);

/** The blueprint of a server's folder: building from it takes in what was changed in its `src/tools/`. */
function blueprintOf(from: string): string | undefined {
  const file = join(from, 'blueprint.json');
  return existsSync(file) ? file : undefined;
}

/** A source that is a blueprint already. Throws BLUEPRINT_INVALID for one that was damaged. */
function storedBlueprint({ text, location }: SourceText): Blueprint | undefined {
  if (!/^\s*\{[^{]*"blueprint"\s*:\s*1\b/.test(text)) return undefined;
  const value: unknown = JSON.parse(text);
  const parsed = Blueprint.safeParse(value);
  if (parsed.success) return parsed.data;
  throw hubError('BLUEPRINT_INVALID', { file: location, detail: z.prettifyError(parsed.error) });
}

/** Operations that were asked for and did not become a tool. */
export const lostOperations = (omitted: readonly Omission[]): readonly Omission[] =>
  omitted.filter((omission) => omission.severity === 'operation');

/** A path that could not be read: nobody knows how many operations it holds. */
const isLostPath = (omission: Omission): boolean =>
  omission.severity === 'part' && /^#\/paths\/[^/]+$/.test(omission.source.pointer);

function assertComplete(blueprint: Blueprint, source: string, strict: boolean): void {
  const lost = [...lostOperations(blueprint.omitted), ...blueprint.omitted.filter(isLostPath)];
  if (strict && lost.length > 0) {
    throw hubError('SOURCE_INCOMPLETE', { source, count: lost.length, detail: describeOmissions(lost) });
  }
  if (blueprint.operations.length === 0) {
    const others = blueprint.omitted.filter(({ severity }) => severity === 'notice');
    const detail =
      lost.length === 0
        ? [NOTHING[blueprint.source.kind] ?? 'its `paths` hold no operation.', ...reasonsOf(others)].join(' ')
        : `\n${describeOmissions(lost)}`;
    throw hubError('SOURCE_EMPTY', { source, detail });
  }
}

/** What a source of this kind has none of. */
const NOTHING: Readonly<Partial<Record<Blueprint['source']['kind'], string>>> = {
  har: 'no request of it is one that a program makes.',
  postman: 'no request of it can be made.',
};

/** Each said once, and none about an address that nothing would be sent to. */
const reasonsOf = (omissions: readonly Omission[]): string[] => [
  ...new Set(omissions.filter(({ subject }) => subject !== 'servers').map(({ reason }) => reason)),
];

function describeOmissions(lost: readonly Omission[]): string {
  const lines = lost.slice(0, SHOWN_OMISSIONS).map(({ subject, reason, source }) => {
    const place = source.line === undefined ? source.pointer : `${source.pointer}, line ${source.line}`;
    return `  ${subject}: ${reason} (${place})`;
  });
  const hidden = lost.length - lines.length;
  return [...lines, ...(hidden > 0 ? [`  and ${hidden} more`] : [])].join('\n');
}
