import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHar, type ReadHar } from '@counterpart/scaffolds/mirror/recording/har-text';
import { type HarEntry, hubError, type RecordingSummary } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { MirrorMemory } from '@counterpart/schemas/mirror/memory';
import { Scenario } from '@counterpart/schemas/mirror/scenario';
import { z } from 'zod';
import { writeWhole } from '../kernel/files/write-whole.ts';
import { systemReason } from '../kernel/files/system-reason.ts';

const Scenarios = z.record(z.string(), Scenario);

/** The files of one mirror in the data folder. All that is written is written whole or not at all. */
export interface MirrorFolder {
  readonly directory: string;
  /** Throws BLUEPRINT_INVALID; undefined when there is none. */
  blueprint(): Blueprint | undefined;
  saveBlueprint(blueprint: Blueprint): void;
  /** Undefined when there is none; one that cannot be read is moved aside, and `damaged` is called with its new place. */
  memory(damaged: (place: string) => void): MirrorMemory | undefined;
  saveMemory(memory: MirrorMemory): void;
  scenarios(): Record<string, Scenario>;
  saveScenarios(scenarios: Record<string, Scenario>): void;
  recordingFile(name: string): string;
  recordings(): string[];
  /** Entries of a recording; undefined when there is none. */
  readRecording(name: string): Promise<ReadHar | undefined>;
  summary(name: string): Promise<RecordingSummary>;
}

const ENDING = '.har';

/** Opens the folder of a mirror; it is made with the first file. */
export function openMirrorFolder(directory: string): MirrorFolder {
  const recordingsDir = join(directory, 'recordings');
  const summaries = new Map<string, { readonly stamp: string; readonly summary: RecordingSummary }>();
  const recordingFile = (name: string): string => join(recordingsDir, `${name}${ENDING}`);
  const readRecording = async (name: string): Promise<ReadHar | undefined> => {
    const text = await readFile(recordingFile(name), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (parseHar(text) ?? { entries: [], isDamaged: true });
  };
  return {
    directory,
    ...settingFiles(directory),
    recordingFile,
    recordings: () =>
      existsSync(recordingsDir)
        ? readdirSync(recordingsDir)
            .filter((file) => file.endsWith(ENDING) && !file.startsWith('.'))
            .map((file) => file.slice(0, -ENDING.length))
            .sort()
        : [],
    readRecording,
    async summary(name) {
      const { size, mtimeMs } = await stat(recordingFile(name));
      const stamp = `${size} ${mtimeMs}`;
      const known = summaries.get(name);
      if (known?.stamp === stamp) return known.summary;
      const read = await readRecording(name);
      const summary = {
        name,
        entries: read?.entries.length ?? 0,
        bytes: size,
        ...(read?.isDamaged === true ? { damaged: true } : {}),
      };
      summaries.set(name, { stamp, summary });
      return summary;
    },
  };
}

type SettingFiles = Pick<
  MirrorFolder,
  'blueprint' | 'saveBlueprint' | 'memory' | 'saveMemory' | 'scenarios' | 'saveScenarios'
>;

function settingFiles(directory: string): SettingFiles {
  const place = (name: string): string => join(directory, name);
  const save = (name: string, value: unknown): void =>
    unlessUnwritable(directory, () => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writeWhole(place(name), JSON.stringify(value));
    });
  return {
    blueprint: () =>
      existsSync(place('blueprint.json')) ? readBlueprint(place('blueprint.json')) : undefined,
    saveBlueprint: (blueprint) => save('blueprint.json', blueprint),
    memory(damaged) {
      if (!existsSync(place('memory.json'))) return undefined;
      const memory = MirrorMemory.safeParse(parsed(place('memory.json')));
      if (memory.success) return memory.data;
      const aside = place(`memory-${Math.trunc(statSync(place('memory.json')).mtimeMs)}.damaged.json`);
      unlessUnwritable(directory, () => renameSync(place('memory.json'), aside));
      damaged(aside);
      return undefined;
    },
    saveMemory: (memory) => save('memory.json', memory),
    scenarios: () => Scenarios.safeParse(parsed(place('scenarios.json'))).data ?? {},
    saveScenarios: (scenarios) => save('scenarios.json', scenarios),
  };
}

/** Reads and checks a stored blueprint; throws BLUEPRINT_INVALID. */
export function readBlueprint(file: string): Blueprint {
  const found = Blueprint.safeParse(parsed(file));
  if (found.success) return found.data;
  throw hubError('BLUEPRINT_INVALID', { file, detail: z.prettifyError(found.error) });
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function unlessUnwritable<T>(directory: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const detail = systemReason(cause);
    throw hubError('DATA_UNWRITABLE', { directory, detail }, { cause });
  }
}

/** All entries of several recordings, those of the first one first. */
export async function readRecordings(
  folder: MirrorFolder,
  names: readonly string[],
): Promise<readonly HarEntry[]> {
  const read = await Promise.all(names.map((name) => folder.readRecording(name)));
  return read.flatMap((har) => har?.entries ?? []);
}
