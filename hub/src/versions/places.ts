import { join } from 'node:path';
import type { HubConfig } from '@counterpart/schemas';
import type { AuditTrail } from '../kernel/ports.ts';

/** Where versions are kept, and where the one in use lies. */
export interface VersionsAt {
  readonly dataDir: string;
  readonly serversDir: string;
  /** Versions kept of each server, the one in use and the one before it among them. */
  readonly keep: number;
  /** Version of the hub. */
  readonly toolkit: string;
  /** Servers of the configuration, which packages may need as well. */
  readonly thirdParty: readonly string[];
  /** Where programs such as git are looked for. */
  readonly path: string | undefined;
  /** Told what went wrong beside the matter itself, such as a history that could not be written. */
  readonly note: (text: string) => void;
  /** Where it is recorded which version is put in use, before it is; absent: nowhere. */
  readonly audit?: AuditTrail | undefined;
}

/** What the configuration says of versions, added to the places. */
export const versionsIn = (
  { versions: { keep }, mcpServers }: HubConfig,
  places: Omit<VersionsAt, 'keep' | 'thirdParty'>,
): VersionsAt => ({ ...places, keep, thirdParty: Object.keys(mcpServers) });

/** All that is kept of all servers. */
export const versionsDir = ({ dataDir }: Pick<VersionsAt, 'dataDir'>): string => join(dataDir, 'versions');

/** All that is kept of one server. */
export const serverDir = (at: Pick<VersionsAt, 'dataDir'>, id: string): string => join(versionsDir(at), id);

/** Name of a version: no two packages share one, whatever they call themselves. */
export const versionName = (version: string, content: string): string =>
  `${version}-${content.slice('sha256-'.length, 'sha256-'.length + HASH_DIGITS)}`;

const HASH_DIGITS = 12;

/** Folder names that are versions; others are being written, or are the history. */
export const VERSION_NAME = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?-[0-9a-f]{12}$/;

/** The package of a kept version. */
export const packageDir = (dir: string): string => join(dir, 'package');
/** The signed record of a kept version, outside of the package it is about. */
export const provenanceFile = (dir: string): string => join(dir, 'provenance.json');
