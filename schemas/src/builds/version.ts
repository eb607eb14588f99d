import { z } from 'zod';
import { ServiceChange } from './service-change.ts';
import { ContentHash, SemVer, ServerId, TraceId } from '../ids.ts';

/** Who wrote a version: the compiler from a description, a model with prompts of a version, or a person. */
export const VersionAuthor = z.strictObject({
  kind: z.enum(['compiler', 'model', 'person']),
  /** Of the model or the person. */
  name: z.string().optional(),
  /** Versions of the prompts a model was given, by name of the pack. */
  prompts: z.record(z.string(), z.string()).optional(),
});
export type VersionAuthor = z.infer<typeof VersionAuthor>;

/** What is said of a version by whoever installs it; the rest is read from its package. */
export const VersionFacts = z.strictObject({
  author: VersionAuthor,
  /** What it was made from. */
  source: z.strictObject({ location: z.string(), hash: ContentHash }).optional(),
  /** Digests of the reports that were looked at, by name, such as `check` or `tests`. */
  reports: z.record(z.string(), ContentHash).optional(),
  /** Its tests ran without a sandbox, because a person said so. */
  unsafeLocal: z.literal(true).optional(),
  /** W3C trace id of the build that made it. */
  trace: TraceId.optional(),
  /** Who let it be started, and when; absent: nobody has. */
  approval: z.strictObject({ by: z.string(), at: z.iso.datetime() }).optional(),
});
export type VersionFacts = z.infer<typeof VersionFacts>;

/** The signed record of a version: `provenance.json` holds it in an envelope, outside of the package it is about. */
export const VersionProvenance = z.strictObject({
  server: ServerId,
  version: SemVer,
  /** Of the package: sorted paths, modes and bytes, without `dist`, `node_modules` and `.git`. */
  content: ContentHash,
  /** Of the manifest and the tools as they are read. */
  definitions: ContentHash,
  /** The one file that runs, and what it was bundled from; absent until it is made. */
  program: z.strictObject({ hash: ContentHash, stamp: ContentHash }).optional(),
  /** The content of the version it replaced; absent for the first. */
  before: ContentHash.optional(),
  installedAt: z.iso.datetime(),
  blueprint: ContentHash.optional(),
  /** Version of the hub that kept it. */
  toolkit: z.string(),
  ...VersionFacts.shape,
});
export type VersionProvenance = z.infer<typeof VersionProvenance>;

/** A version as `hub versions` lists it. */
export const VersionSummary = z.strictObject({
  /** `<version>-<first 12 digits of the content hash>`: its name among all versions of the server. */
  name: z.string(),
  /** Its package is what lies in the servers folder. */
  active: z.boolean(),
  tools: z.array(z.string()),
  /** Why its record cannot be believed; its facts are then what the record says all the same. */
  problem: z.string().optional(),
  /** Id of the key that signed it. */
  keyId: z.string(),
  ...VersionProvenance.shape,
});
export type VersionSummary = z.infer<typeof VersionSummary>;

/** What is said of one server's versions. */
export const VersionList = z.strictObject({
  server: z.string(),
  /** `signed`: what is in place is a version that was approved; `unsigned`: no version is kept; `changed`: neither. */
  standing: z.enum(['signed', 'unsigned', 'changed', 'removed']),
  /** Newest first. */
  versions: z.array(VersionSummary),
  /** The key of this hub, to compare: its id and its public half (Ed25519, SPKI DER in base64). */
  key: z.strictObject({ id: z.string(), publicKey: z.string() }).optional(),
});
export type VersionList = z.infer<typeof VersionList>;

const ListChange = z.strictObject({ added: z.array(z.string()), removed: z.array(z.string()) });

/** Two versions of a server beside each other. */
export const VersionDiff = z.strictObject({
  before: z.string(),
  after: z.string(),
  /** Breaking ones first. */
  tools: z.array(ServiceChange),
  breaking: z.int(),
  hosts: ListChange,
  /** Files and folders it may use. */
  paths: ListChange,
  secrets: ListChange,
  dependsOn: ListChange,
  /** Of its package. */
  files: z.array(z.strictObject({ path: z.string(), kind: z.enum(['added', 'removed', 'changed']) })),
});
export type VersionDiff = z.infer<typeof VersionDiff>;
