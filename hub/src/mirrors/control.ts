import { createContractBook } from '@counterpart/scaffolds/mirror/contract/contract-book';
import { probeService } from '@counterpart/scaffolds/mirror/contract/probe-service';
import { stateSummary } from '@counterpart/scaffolds/mirror/modes/state-value';
import {
  faultsFrom,
  LEARNED,
  learnBehaviour,
  type KnownExchange,
} from '@counterpart/scaffolds/mirror/recording/behaviour';
import { pathBelow } from '@counterpart/scaffolds/mirror/recording/replay';
import { redactEntry, requestBytes, responseBytes } from '@counterpart/scaffolds/mirror/recording/har-entry';
import { harText } from '@counterpart/scaffolds/mirror/recording/har-text';
import { checkScenario } from '@counterpart/scaffolds/mirror/scenarios/scenario-player';
import {
  type ContractDiff,
  type DiffMirrorRequest,
  type Fault,
  HarFile,
  type HarEntry,
  hubError,
  type ImportRecordingRequest,
  type LearnedBehaviour,
  type LearnRequest,
  type MirrorInspection,
  type MirrorParts,
  type MirrorSummary,
  type PushMirrorRequest,
  type RecordingSummary,
  type ScenarioRequest,
  type SeedMirrorRequest,
} from '@counterpart/schemas';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { didYouMean } from '../kernel/nearest.ts';
import { writeWhole } from '../kernel/files/write-whole.ts';
import type { RunningMirror } from './running.ts';
import { systemReason } from '../kernel/files/system-reason.ts';

/** What can be done with one mirror, from the admin API and through its tools alike. */
export interface MirrorControl {
  inspect(): Promise<MirrorInspection>;
  seed(request: SeedMirrorRequest): Promise<{ seed: number; added: number }>;
  reset(): Promise<{ reset: true }>;
  inject(fault: Fault): Promise<{ id: string }>;
  learn(request: LearnRequest): Promise<LearnedBehaviour>;
  clearFaults(id: string | undefined): Promise<{ cleared: number }>;
  scenario(request: ScenarioRequest): Promise<{ scenarios: string[]; playing: string | null }>;
  diff(request: DiffMirrorRequest, signal: AbortSignal): Promise<ContractDiff>;
  importRecording(request: ImportRecordingRequest): Promise<RecordingSummary>;
  parts(): Promise<MirrorParts>;
  push(request: PushMirrorRequest): Promise<{ listeners: number }>;
}

export interface ControlOptions {
  readonly mirror: RunningMirror;
  readonly summary: () => Promise<MirrorSummary>;
  /** Takes another seed, which is a setting and therefore kept. */
  readonly reseed: (seed: number) => Promise<void>;
  readonly clean: (text: string) => string;
  readonly version: string;
}

/** The control of a mirror in service. What is changed is written down before it is answered. */
export function createControl(options: ControlOptions): MirrorControl {
  const { mirror } = options;
  const { core } = mirror;
  return {
    inspect: () => inspect(options),
    async seed({ seed, data }) {
      if (seed !== undefined && seed !== core.settings.seed) await options.reseed(seed);
      const added = core.put(data ?? {});
      mirror.keep();
      return { seed: core.settings.seed, added };
    },
    reset() {
      core.reset();
      mirror.keep();
      return Promise.resolve({ reset: true });
    },
    inject(fault) {
      const id = core.inject(fault);
      mirror.keep();
      return Promise.resolve({ id });
    },
    learn: (request) => learn(mirror, request),
    clearFaults(id) {
      const cleared = core.faults.clear(id);
      if (id !== undefined && cleared === 0)
        throw hubError('INPUT_INVALID', {
          subject: 'the fault',
          detail: `no fault named ${id} is in force.${didYouMean(
            id,
            core.faults.active.map((one) => one.id),
          )}`,
        });
      mirror.keep();
      return Promise.resolve({ cleared });
    },
    scenario: (request) => Promise.resolve(scenario(mirror, request)),
    diff: (request, signal) => diff(mirror, request, signal),
    importRecording: (request) => importRecording(options, request),
    parts: () => parts(mirror),
    push: ({ operation, message }) => Promise.resolve({ listeners: core.push(operation, message) }),
  };
}

async function inspect({ mirror, summary }: ControlOptions): Promise<MirrorInspection> {
  const { core, folder } = mirror;
  return {
    ...(await summary()),
    settings: core.settings,
    activeFaults: [...core.faults.active],
    scenarios: Object.keys(folder.scenarios()),
    ...(core.player ? { progress: core.player.progress } : {}),
    state: stateSummary(core.state),
    lastRequests: [...core.lastRequests],
    findings: [...core.spied.findings],
  };
}

function scenario(
  mirror: RunningMirror,
  { define, play }: ScenarioRequest,
): { scenarios: string[]; playing: string | null } {
  const { core, folder, name } = mirror;
  const known = folder.scenarios();
  if (define) {
    checkScenario(define);
    folder.saveScenarios({ ...known, [define.name]: define });
  }
  const names = Object.keys(folder.scenarios());
  if (typeof play === 'string' && !names.includes(play))
    throw hubError('SCENARIO_UNKNOWN', { mirror: name, scenario: play, suggestion: didYouMean(play, names) });
  if (play !== undefined) core.play(play ?? undefined);
  // A scenario that plays and was replaced begins anew, as it is now.
  else if (define && core.player?.scenario.name === define.name) core.play(define.name);
  if (play !== undefined || define) mirror.keep();
  return { scenarios: names, playing: core.player?.scenario.name ?? null };
}

async function diff(
  mirror: RunningMirror,
  { against, recording, writes }: DiffMirrorRequest,
  signal: AbortSignal,
): Promise<ContractDiff> {
  const { core } = mirror;
  if (against === 'spied') return core.spied.report('spied', 'what was spied');
  if (against === 'service') {
    const { reader, service, settings } = core;
    const { limits, seed } = settings;
    return probeService({ reader, service, limits, seed, writes: writes === true, signal });
  }
  const name = recording ?? core.settings.recording;
  const entries = await entriesOf(mirror, name);
  const book = createContractBook(core.reader);
  for (const entry of entries) {
    signal.throwIfAborted();
    await book.add(rawRequest(entry, core.service.address.bases), seenResponse(entry));
  }
  return book.report('recording', name);
}

/** Has the mirror behave as its recording tells; what it learned before is forgotten. */
async function learn(
  mirror: RunningMirror,
  { recording = mirror.core.settings.recording }: LearnRequest,
): Promise<LearnedBehaviour> {
  const { core } = mirror;
  const entries = await entriesOf(mirror, recording);
  const known = entries.flatMap((entry): KnownExchange[] => {
    const operation = core.reader.operation(rawRequest(entry, core.service.address.bases))?.name;
    return operation === undefined ? [] : [{ operation, entry }];
  });
  const behaviour = learnBehaviour(known);
  const before = core.faults.active.map(({ id }) => id).filter((id) => id.startsWith(LEARNED));
  for (const id of before) core.faults.clear(id);
  const faults = behaviour.flatMap(faultsFrom).map((fault) => core.inject(fault));
  mirror.keep();
  return { recording, behaviour, faults };
}

async function entriesOf({ folder, name }: RunningMirror, recording: string): Promise<readonly HarEntry[]> {
  const har = await folder.readRecording(recording);
  if (har) return har.entries;
  const suggestion = didYouMean(recording, folder.recordings());
  throw hubError('RECORDING_UNKNOWN', { mirror: name, recording, suggestion });
}

function rawRequest({ request }: HarEntry, bases: readonly string[]) {
  const query = request.url.split('#')[0]?.split('?').slice(1).join('?') ?? '';
  return {
    method: request.method,
    path: pathBelow(request.url, bases),
    query,
    headers: headersOf(request.headers, request.postData?.mimeType),
    body: requestBytes(request),
  };
}

function seenResponse({ response, _cut: cut }: HarEntry) {
  return {
    status: response.status,
    headers: headersOf(response.headers, response.content.mimeType),
    body: responseBytes(response),
    isCut: cut === true,
  };
}

/** Headers as a message could have them; what some tools write and no message can hold is left out. */
function headersOf(pairs: HarEntry['request']['headers'], mediaType: string | undefined): Headers {
  const headers = new Headers();
  for (const { name, value } of pairs) {
    if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      headers.append(name, value);
  }
  if (!headers.has('content-type') && mediaType !== undefined && mediaType !== '')
    headers.set('content-type', mediaType.replaceAll(/[^\t\x20-\x7e]/g, ''));
  return headers;
}

async function importRecording(
  { mirror, clean, version }: ControlOptions,
  { recording, har }: ImportRecordingRequest,
): Promise<RecordingSummary> {
  const { folder, core, record } = mirror;
  const known = (await folder.readRecording(recording))?.entries ?? [];
  const added = har.log.entries.map((entry) => redactEntry(entry, core.redaction));
  const file = folder.recordingFile(recording);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeWhole(file, clean(harText([...known, ...added], version)));
  } catch (cause) {
    const detail = systemReason(cause);
    throw hubError('DATA_UNWRITABLE', { directory: file, detail }, { cause });
  }
  await mirror.configure(record);
  return folder.summary(recording);
}

async function parts(mirror: RunningMirror): Promise<MirrorParts> {
  const { core, folder, name } = mirror;
  const recordings = await Promise.all(
    folder.recordings().map(async (recording): Promise<[string, HarFile]> => {
      const entries = (await folder.readRecording(recording))?.entries ?? [];
      return [recording, HarFile.parse(JSON.parse(harText(entries, '1')))];
    }),
  );
  return {
    name,
    blueprint: core.blueprint,
    // A mirror elsewhere has no credentials of this hub's environment.
    settings: { ...core.settings, credentials: 'caller' },
    memory: core.memory(),
    scenarios: folder.scenarios(),
    recordings: Object.fromEntries(recordings),
  };
}
