import type { Blueprint, ConfigSlot, SecretSlot, ServiceServer } from '@counterpart/schemas';
import {
  baseUrlName,
  databaseUrlName,
  maxResultBytesName,
  sourceName,
  serverVariableName,
  timeoutName,
} from './env-names.ts';
import { DEFAULT_RESULT_BYTES, DEFAULT_TIMEOUT_MS } from '../../http/limits.ts';
import { credentialConfig, credentialSecrets, tokenHosts } from './credential-slots.ts';
import { allServers, expandHosts, isAbsolute } from '../servers.ts';

export interface Slots {
  readonly config: ConfigSlot[];
  readonly secrets: SecretSlot[];
}

function baseUrlSlot(blueprint: Blueprint): ConfigSlot {
  if (blueprint.database !== undefined)
    return {
      name: baseUrlName(blueprint.id),
      description: 'Address of a REST twin of the database, asked where no connection string is set.',
      required: false,
    };
  const absolute = blueprint.servers.find(isAbsolute);
  const everyOperation = blueprint.operations.every((operation) => operation.http.servers?.some(isAbsolute));
  return {
    name: baseUrlName(blueprint.id),
    description: 'Address of the service; replaces the one of its description for every call.',
    ...(absolute ? { default: absolute.url } : {}),
    required: !absolute && !everyOperation && blueprint.data === undefined,
  };
}

function sourceSlots({ id, data }: Blueprint): ConfigSlot[] {
  const location = data?.sources[0]?.location;
  if (data === undefined) return [];
  return [
    {
      name: sourceName(id),
      description: 'Path or http(s) URL of the file that is read.',
      ...(location === undefined ? {} : { default: location }),
      required: false,
    },
  ];
}

const DATABASE_URL =
  'Connection string of the database: postgres://user:password@host/database, mysql://user:password@host/database or sqlite:path.';

/** A file's path is no secret; every other connection string may hold a password. */
function databaseConfig({ id, database }: Blueprint): ConfigSlot[] {
  if (database?.engine !== 'sqlite') return [];
  const { location } = database;
  return [
    {
      name: databaseUrlName(id),
      description: DATABASE_URL,
      ...(location === undefined ? {} : { default: `sqlite:${location}` }),
      required: location === undefined,
    },
  ];
}

const databaseSecret = ({ id, database }: Blueprint): SecretSlot[] =>
  database === undefined || database.engine === 'sqlite'
    ? []
    : [{ name: databaseUrlName(id), scheme: 'database', description: DATABASE_URL, required: true }];

/** Files the server reads. Sorted. */
export function filesOf({ data, database }: Blueprint): string[] {
  const locations = [
    ...(data?.sources ?? []).flatMap(({ location }) => location ?? []),
    ...(database?.location === undefined ? [] : [database.location]),
  ];
  return locations.filter((location) => !/^https?:/i.test(location)).toSorted();
}

function variableSlots(blueprint: Blueprint): ConfigSlot[] {
  const slots = new Map<string, ConfigSlot>();
  for (const server of allServers(blueprint)) {
    for (const [variable, described] of Object.entries(server.variables ?? {})) {
      const name = serverVariableName(blueprint.id, variable);
      if (slots.has(name)) continue;
      slots.set(name, {
        name,
        description: described.description ?? `Value of {${variable}} in the service's address.`,
        default: described.default,
        ...(described.enum ? { enum: described.enum } : {}),
        required: false,
      });
    }
  }
  return [...slots.values()];
}

function limitSlots(id: string): ConfigSlot[] {
  return [
    {
      name: maxResultBytesName(id),
      description:
        'Largest answer passed on whole, in bytes; what is larger is shortened and kept to be read on. Under the hub 1048576 unless set.',
      default: String(DEFAULT_RESULT_BYTES),
      required: false,
    },
    {
      name: timeoutName(id),
      description: 'Longest wait for one answer of the service, in milliseconds.',
      default: String(DEFAULT_TIMEOUT_MS),
      required: false,
    },
  ];
}

/** Environment variables a compiled server reads. The first slot of a name wins: schemes may share a token. */
export function slotsOf(blueprint: Blueprint): Slots {
  const config = [
    baseUrlSlot(blueprint),
    ...sourceSlots(blueprint),
    ...databaseConfig(blueprint),
    ...variableSlots(blueprint),
    ...credentialConfig(blueprint),
    ...limitSlots(blueprint.id),
  ];
  return {
    config: firstOfEach(config),
    secrets: firstOfEach([...credentialSecrets(blueprint), ...databaseSecret(blueprint)]),
  };
}

function firstOfEach<T extends { readonly name: string }>(slots: readonly T[]): T[] {
  return [...new Map(slots.toReversed().map((slot) => [slot.name, slot])).values()].toReversed();
}

/** `host:port` of every address the description names; a part that a setting decides is `*`. Sorted. */
export function permissionsOf(blueprint: Blueprint): string[] {
  const servers: ServiceServer[] = [
    ...allServers(blueprint),
    ...tokenHosts(blueprint).map((url) => ({ url })),
  ];
  const { host } = blueprint.database ?? {};
  const hosts = [...servers.flatMap((server) => expandHosts(server)), ...(host === undefined ? [] : [host])];
  return [...new Set(hosts)].sort();
}
