import { z } from 'zod';
import { RestartKind } from './manifest.ts';

/** Text that may hold `${env:NAME}`, resolved when a server starts and never stored resolved. */
const Reference = z.string();

const timing = {
  /** From spawn to a finished handshake. */
  startTimeoutMs: z.int().min(100).max(600_000).optional(),
  /** One call, from forwarding to its answer; progress extends it up to `maxCallMs`. */
  callTimeoutMs: z.int().min(100).max(3_600_000).optional(),
  maxCallMs: z.int().min(100).max(86_400_000).optional(),
  /** Without a call for this long the process is stopped; 0 never stops it. */
  idleMs: z.int().min(0).optional(),
};

const common = {
  enabled: z.boolean().optional(),
  /** Prefix of this server's names. Default: the server's id. An empty text leaves names as the server has them. */
  prefix: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{0,32}$/)
    .optional(),
  description: z.string().optional(),
  ...timing,
};

/** A server that is a command: as in Claude Desktop, Cursor and VS Code. */
export const CommandServer = z.strictObject({
  type: z.literal('stdio').optional(),
  command: z.string().min(1),
  args: z.array(Reference).optional(),
  env: z.record(z.string(), z.union([Reference, z.number(), z.null()])).optional(),
  envFile: z.string().optional(),
  cwd: z.string().optional(),
  restart: RestartKind.optional(),
  ...common,
});
export type CommandServer = z.infer<typeof CommandServer>;

/** A remote server behind Streamable HTTP. */
export const RemoteServer = z.strictObject({
  type: z.enum(['http', 'streamable-http', 'streamableHttp', 'sse']).optional(),
  url: z.string().min(1),
  headers: z.record(z.string(), Reference).optional(),
  ...common,
});
export type RemoteServer = z.infer<typeof RemoteServer>;

export const ServerEntry = z.union([CommandServer, RemoteServer]);
export type ServerEntry = z.infer<typeof ServerEntry>;

/** What the owner sets for a server that was found in the servers folder. */
export const ServerOverride = z.strictObject({
  enabled: z.boolean().optional(),
  prefix: common.prefix,
  /** `mirror`: its base URL is the hub's own mirror of the service, and no key is needed. */
  target: z.enum(['live', 'mirror']).optional(),
  env: z.record(z.string(), Reference).optional(),
  ...timing,
});
export type ServerOverride = z.infer<typeof ServerOverride>;

export const HubConfig = z.strictObject({
  $schema: z.string().optional(),
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8001),
      /** Hosts beyond loopback names that a request's Host header may carry. */
      allowedHosts: z.array(z.string()).default([]),
      /** Origins beyond loopback ones that a browser's request may carry. */
      allowedOrigins: z.array(z.string()).default([]),
    })
    .prefault({}),
  /** Folder of built servers, watched; relative to this file. */
  serversDir: z.string().default('servers'),
  /** Folder of the hub's own data; relative to this file. Needs a restart. */
  dataDir: z.string().default('.hub'),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
  auth: z
    .strictObject({
      /** `open`: anyone on this machine may use `/mcp`; `token`: the hub's token is needed there too. */
      mcp: z.enum(['open', 'token']).default('open'),
    })
    .prefault({}),
  defaults: z
    .strictObject({
      startTimeoutMs: z.int().min(100).max(600_000).default(30_000),
      callTimeoutMs: z.int().min(100).max(3_600_000).default(60_000),
      maxCallMs: z.int().min(100).max(86_400_000).default(600_000),
      idleMs: z.int().min(0).default(300_000),
      /** Processes being started at once. */
      spawnConcurrency: z.int().min(1).max(64).default(4),
      /** Calls waiting or running for one server; one more is answered "busy". */
      maxCallsPerServer: z.int().min(1).default(256),
      /** How long a dead server's tools stay listed. */
      graceMs: z.int().min(0).default(86_400_000),
    })
    .prefault({}),
  mcpServers: z.record(z.string(), ServerEntry).default({}),
  overrides: z.record(z.string(), ServerOverride).default({}),
});
export type HubConfig = z.infer<typeof HubConfig>;
