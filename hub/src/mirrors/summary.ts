import type { MirrorSummary } from '@counterpart/schemas';
import type { MirrorFolder } from './folder.ts';
import type { MirrorRecord } from './records.ts';
import type { RunningMirror } from './running.ts';

/** Id of the server that offers the control tools of a mirror. */
export const controlServerId = (mirror: string): string => `${mirror}-mirror`;

export interface MirrorFacts {
  readonly record: MirrorRecord;
  /** Undefined while it does not run, or no request woke it. */
  readonly mirror: RunningMirror | undefined;
  readonly folder: MirrorFolder;
  readonly problem: string | undefined;
  /** Undefined while nobody can reach it. */
  readonly url: string | undefined;
}

/** A mirror as `hub mirror list` shows it. */
export async function describeMirror({
  record,
  mirror,
  folder,
  ...facts
}: MirrorFacts): Promise<MirrorSummary> {
  const { settings, wanted, tools, server, name } = record;
  const recordings = await Promise.all(folder.recordings().map((recording) => folder.summary(recording)));
  const { target, mode, seed, credentials } = settings;
  return {
    name,
    ...(server === undefined ? {} : { server }),
    running: wanted && mirror !== undefined,
    mode,
    ...(facts.url === undefined ? {} : { url: facts.url }),
    seed,
    ...(target === undefined ? {} : { target }),
    ...(credentials === 'environment' ? { credentials } : {}),
    recordings,
    ...(tools && wanted ? { tools: controlServerId(name) } : {}),
    ...(mirror ? livingFacts(mirror) : { title: name, operations: 0, requests: 0, faults: 0 }),
    ...(facts.problem === undefined ? {} : { problem: facts.problem }),
  };
}

function livingFacts({ core, ownUrl, complaint }: RunningMirror) {
  const { blueprint, player, requests, faults } = core;
  return {
    title: blueprint.title,
    operations: blueprint.operations.length,
    requests,
    faults: faults.active.length,
    ...(player ? { scenario: player.scenario.name } : {}),
    ...(ownUrl === undefined ? {} : { ownUrl }),
    ...(complaint === undefined ? {} : { problem: complaint }),
  };
}
