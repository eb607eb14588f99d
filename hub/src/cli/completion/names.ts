import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Manifest } from '@counterpart/schemas';
import { hubName } from '../../catalog/naming/names.ts';
import { createHubApi, type HubApi } from '../api/hub-api.ts';
import { CLIENT_IDS } from '../../interop/clients.ts';
import type { Home } from '../home.ts';
import { findHub } from '../running/running-hub.ts';
import type { Candidate, NameKind } from './candidates.ts';
import { SHELLS } from './shells.ts';

type KnownByHub = Exclude<NameKind, 'clients' | 'shells'>;

/** Somebody waits with a key pressed. */
const PATIENCE_MS = 1_500;

/** Names of the hub that runs for a home; without one those that stand in its files. Never rejects: nobody reads why. */
export async function namesOf(home: Home, kind: NameKind): Promise<readonly Candidate[]> {
  if (kind === 'clients') return plain(CLIENT_IDS);
  if (kind === 'shells') return plain(SHELLS);
  try {
    const presence = await findHub(home);
    if (presence.kind !== 'running') return namesInFiles(home, kind);
    return await ask(createHubApi(presence.address, AbortSignal.timeout(PATIENCE_MS)), kind);
  } catch {
    return [];
  }
}

const plain = (values: readonly string[]): Candidate[] => values.map((value) => ({ value, description: '' }));

async function ask(hub: HubApi, kind: KnownByHub): Promise<readonly Candidate[]> {
  switch (kind) {
    case 'servers':
      return plain((await hub.servers()).map(({ id }) => id));
    case 'tools':
      return (await hub.tools()).map(({ name, definition: { title, description = '' } }) => ({
        value: name,
        description: title ?? description,
      }));
    case 'flows':
      return (await hub.flows.list()).map(({ name, title = '' }) => ({ value: name, description: title }));
    case 'prompts':
      return plain((await hub.prompts.list()).map(({ name }) => name));
    case 'secrets':
      return plain((await hub.secrets.list()).secrets.map(({ name }) => name));
    case 'people':
      return plain((await hub.people.list()).map(({ name }) => name));
    case 'providers':
      return plain((await hub.providers.list()).providers.map(({ name }) => name));
  }
}

/** What only a hub knows is not worth starting one for. */
function namesInFiles({ directory, serversDir, thirdParty }: Home, kind: KnownByHub): readonly Candidate[] {
  switch (kind) {
    case 'servers':
      return plain([...new Set([...thirdParty, ...manifestsIn(serversDir).map(({ id }) => id)])]);
    case 'tools':
      return plain(
        manifestsIn(serversDir).flatMap(({ id, tools }) =>
          Object.keys(tools).map((tool) => hubName(id, id, tool)),
        ),
      );
    case 'flows':
      return plain(filesIn(join(directory, 'flows'), /\.ya?ml$/));
    case 'prompts':
      return plain(filesIn(join(directory, 'prompts'), /\.md$/));
    case 'secrets':
    case 'people':
    case 'providers':
      return [];
  }
}

function filesIn(folder: string, ending: RegExp): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => !file.startsWith('.') && ending.test(file));
  return files.map((file) => file.replace(ending, ''));
}

function manifestsIn(folder: string): Manifest[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name, 'manifest.json');
    return existsSync(file) ? (Manifest.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? []) : [];
  });
}
