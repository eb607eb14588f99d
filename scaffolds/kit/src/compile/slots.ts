import type { AuthRequirement, Blueprint, ConfigSlot, SecretSlot, ServiceServer } from '@counterpart/schemas';
import {
  baseUrlName,
  credentialNames,
  maxResultBytesName,
  sourceName,
  serverVariableName,
  timeoutName,
  type CredentialNames,
} from './env-names.ts';
import { DEFAULT_RESULT_BYTES, DEFAULT_TIMEOUT_MS } from '../http/limits.ts';
import { describedTokenUrl } from './token-urls.ts';
import { allServers, expandHosts, isAbsolute } from './servers.ts';

export interface Slots {
  readonly config: ConfigSlot[];
  readonly secrets: SecretSlot[];
}

function baseUrlSlot(blueprint: Blueprint): ConfigSlot {
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

/** Files the server reads. Sorted. */
export function filesOf({ data }: Blueprint): string[] {
  const locations = (data?.sources ?? []).flatMap(({ location }) => location ?? []);
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

/** A scheme is required when no operation works without it. */
function isRequired(blueprint: Blueprint, scheme: string): boolean {
  const demands = (requirements: readonly AuthRequirement[]): boolean =>
    requirements.length > 0 && requirements.every((requirement) => scheme in requirement);
  const lists = blueprint.operations.map((operation) => operation.auth ?? blueprint.auth.default);
  return lists.length > 0 && lists.every(demands);
}

function secretSlots(blueprint: Blueprint, scheme: string, names: CredentialNames): SecretSlot[] {
  const described = blueprint.auth.schemes[scheme]?.description;
  const required = isRequired(blueprint, scheme);
  const own = [names.token, names.username, names.password]
    .filter((name) => name !== undefined)
    .map((name) => ({
      name,
      scheme,
      ...(described === undefined ? {} : { description: described }),
      required,
    }));
  return [...own, ...grantSlots(blueprint, scheme, names)];
}

/** What a token can be obtained with instead: any of the scheme's variables is enough. */
function grantSlots(blueprint: Blueprint, scheme: string, names: CredentialNames): SecretSlot[] {
  if (tokenUrl(blueprint, scheme) === undefined) return [];
  const slots = [
    [names.clientId, 'Client id: with the client secret the server obtains tokens itself.'],
    [names.clientSecret, 'Client secret, beside the client id.'],
    [names.refreshToken, 'Refresh token: the server renews its access token with it.'],
  ] as const;
  return slots.flatMap(([name, description]) =>
    name === undefined ? [] : [{ name, scheme, description, required: false }],
  );
}

function tokenUrl(blueprint: Blueprint, scheme: string): string | undefined {
  const described = blueprint.auth.schemes[scheme];
  return described?.kind === 'oauth2' ? describedTokenUrl(blueprint, described) : undefined;
}

/** Where tokens are had, one setting a scheme. */
const tokenUrlSlots = (blueprint: Blueprint): ConfigSlot[] =>
  [...credentialNames(blueprint)].flatMap(([scheme, { tokenUrl: name }]) => {
    const url = tokenUrl(blueprint, scheme);
    return name === undefined || url === undefined
      ? []
      : [{ name, description: 'Where access tokens are obtained.', default: url, required: false }];
  });

/** Environment variables a compiled server reads. The first slot of a name wins: schemes may share a token. */
export function slotsOf(blueprint: Blueprint): Slots {
  const secrets = new Map<string, SecretSlot>();
  for (const [scheme, names] of credentialNames(blueprint)) {
    for (const slot of secretSlots(blueprint, scheme, names)) {
      if (!secrets.has(slot.name)) secrets.set(slot.name, slot);
    }
  }
  return {
    config: [
      baseUrlSlot(blueprint),
      ...sourceSlots(blueprint),
      ...variableSlots(blueprint),
      ...tokenUrlSlots(blueprint),
      ...limitSlots(blueprint.id),
    ],
    secrets: [...secrets.values()],
  };
}

/** `host:port` of every address the description names; a part that a setting decides is `*`. Sorted. */
export function permissionsOf(blueprint: Blueprint): string[] {
  const tokens = Object.keys(blueprint.auth.schemes).flatMap((scheme) => tokenUrl(blueprint, scheme) ?? []);
  const servers: ServiceServer[] = [...allServers(blueprint), ...tokens.map((url) => ({ url }))];
  const hosts = servers.flatMap((server) => expandHosts(server));
  return [...new Set(hosts)].sort();
}
