import {
  type Blueprint,
  hubError,
  type MirrorChange,
  MirrorSettings,
  ServerId,
  type StartMirrorRequest,
} from '@counterpart/schemas';
import type { MirrorRecord } from './records.ts';

/** Settings with those of a change put in. */
export const changedSettings = (settings: MirrorSettings, change: MirrorChange): MirrorSettings =>
  MirrorSettings.parse({
    ...settings,
    ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
  });

/** The name that a request means; rejects one that names nothing. */
export function nameOf(request: StartMirrorRequest): string {
  const name = request.name ?? request.server ?? request.blueprint?.id;
  if (name !== undefined) return name;
  throw hubError('INPUT_INVALID', {
    subject: 'the mirror',
    detail: 'it needs a name, a server or a description',
  });
}

/** A service that only its address is known of: nothing is described, everything can be recorded. */
export function blankFor(
  { settings }: StartMirrorRequest,
  before: MirrorRecord | undefined,
): Blueprint | undefined {
  if (before || settings?.target === undefined) return undefined;
  const { host } = new URL(settings.target);
  return {
    blueprint: 1,
    id: ServerId.parse('service'),
    title: host,
    version: '0',
    source: {
      kind: 'openapi',
      location: host,
      sha256: `sha256-${'0'.repeat(64)}`,
      format: 'address only',
      reader: 'mirror@1',
    },
    servers: [{ url: settings.target }],
    auth: { schemes: {}, default: [] },
    operations: [],
    types: {},
    omitted: [],
  };
}

/** What stands in the folders of the hub. */
export interface Standing {
  readonly isBuilt: (server: string) => boolean;
  /** There is a description of its own in the mirror's folder, as after `hub undo`. */
  readonly isKept: (mirror: string) => boolean;
}

/** What a request makes of a mirror: what it does not say stays as it was. */
export function wantedRecord(
  request: StartMirrorRequest,
  before: MirrorRecord | undefined,
  { isBuilt, isKept }: Standing,
): MirrorRecord | { readonly unknown: string } {
  const name = nameOf(request);
  const server = serverOf(request, before);
  const hasServer = server !== undefined && isBuilt(server);
  if (!hasServer && (request.server !== undefined || !(isDescribed(request, before) || isKept(name))))
    return { unknown: request.server ?? name };
  return {
    name,
    server: request.blueprint || !hasServer ? undefined : server,
    settings: changedSettings(before?.settings ?? MirrorSettings.parse({}), request.settings ?? {}),
    port: portOf(request, before),
    wanted: true,
    tools: request.tools ?? before?.tools ?? false,
  };
}

/** Known from before, by what is given with it, or by its address alone. */
const isDescribed = (request: StartMirrorRequest, before: MirrorRecord | undefined): boolean =>
  before !== undefined || request.blueprint !== undefined || request.settings?.target !== undefined;

const serverOf = (request: StartMirrorRequest, before: MirrorRecord | undefined): string | undefined =>
  request.server ?? before?.server ?? (request.blueprint ? undefined : nameOf(request));

/** Where any free port will do, the one it had will do. */
const portOf = ({ port }: StartMirrorRequest, before: MirrorRecord | undefined): number | undefined =>
  port === 0 ? (before?.port ?? 0) : (port ?? before?.port);
