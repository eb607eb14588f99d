import { z } from 'zod';
import { Effect } from './effect.ts';
import { Category, ContentHash, OwnServerId, SemVer, ServerId, ToolName } from './ids.ts';
import { SemVerRange } from './semver.ts';

/** Names of environment variables. */
export const EnvName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'upper-case letters, digits and underscores, such as "NOTION_TOKEN"');

export const RestartKind = z.enum(['permanent', 'transient', 'temporary']);

/** A secret the server needs. The value never appears in a manifest. */
export const SecretSlot = z.strictObject({
  name: EnvName,
  /** Scheme of the blueprint it satisfies. */
  scheme: z.string().optional(),
  description: z.string().optional(),
  required: z.boolean(),
});

/** A setting that is not secret, such as the base URL. */
export const ConfigSlot = z.strictObject({
  name: EnvName,
  description: z.string().optional(),
  default: z.string().optional(),
  enum: z.array(z.string()).optional(),
  required: z.boolean(),
});

/** Name of a setting that names files: a path of a file or a folder, shown to the server and to nobody else. */
export const SourceName = EnvName.regex(/_SOURCE$/, 'ends in _SOURCE, such as "STATEMENTS_SOURCE"');

/** An address of the hub that takes what other programs post for the server, such as the export app of a phone. */
export const HookSlot = z.strictObject({
  /** Last part of its address. */
  name: z
    .string()
    .max(40)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and single dashes'),
  /** Setting through which the server reads the posts: a folder of NDJSON files, `{ "at", "body" }` a line. */
  setting: SourceName,
  description: z.string().optional(),
});
export type HookSlot = z.infer<typeof HookSlot>;

export const Manifest = z.strictObject({
  $schema: z.string().optional(),
  id: OwnServerId,
  version: SemVer,
  title: z.string(),
  description: z.string().optional(),
  category: Category,
  /** The service or product it speaks to, as a slug. */
  platform: Category,
  /** Writer and its version, such as `openapi@1`; `hand` for a server that was written by hand. */
  scaffold: z.string(),
  /** The program, relative to the manifest: one bundled file. */
  entry: z.string(),
  /** What the bundle is made from. */
  source: z.string(),
  blueprint: z.strictObject({ path: z.string(), hash: ContentHash }).optional(),
  restart: RestartKind.default('permanent'),
  permissions: z.strictObject({
    /** `host:port` the server may reach. */
    net: z.array(z.string()),
    files: z.array(z.string()),
  }),
  config: z.array(ConfigSlot),
  secrets: z.array(SecretSlot),
  hooks: z.array(HookSlot).max(10).optional(),
  /** Servers that must be ready first: their ids, or the range of versions that fits by id, as in `{ "accounts": "^1.2.0" }`. */
  dependsOn: z.union([z.array(ServerId), z.record(ServerId, SemVerRange)]),
  test: z.string(),
  /** The running process is probed with the protocol's own means; the service behind it is never called for that. */
  health: z.strictObject({ intervalMs: z.int().min(1_000).default(30_000) }),
  /** Every tool the server lists, with the hash of its canonical definition in `tools.json`. */
  tools: z.record(ToolName, z.strictObject({ hash: ContentHash, effect: Effect })),
});
export type Manifest = z.infer<typeof Manifest>;
export type SecretSlot = z.infer<typeof SecretSlot>;
export type ConfigSlot = z.infer<typeof ConfigSlot>;

/** The servers that a manifest names as needed, and the range of versions that fits; `*` where it names none. */
export const needsOf = ({ dependsOn }: Pick<Manifest, 'dependsOn'>): ReadonlyMap<string, string> =>
  new Map(Array.isArray(dependsOn) ? dependsOn.map((id) => [id, '*']) : Object.entries(dependsOn));
