import { z } from 'zod';
import { RestartKind } from '../manifest.ts';
import { files, limits, network, permissions, walls } from './walls-config.ts';

/** Text that may hold `${env:NAME}`, resolved when a server starts and never stored resolved. */
const Reference = z.string();

const timing = {
  startTimeoutMs: z
    .int()
    .min(100)
    .max(600_000)
    .optional()
    .describe('From its start, or from connecting to it, to a finished handshake.'),
  callTimeoutMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .optional()
    .describe('One call, from forwarding to its answer; progress extends it up to `maxCallMs`.'),
  maxCallMs: z
    .int()
    .min(100)
    .max(86_400_000)
    .optional()
    .describe('One call, however much progress it reports.'),
  idleMs: z
    .int()
    .min(0)
    .optional()
    .describe('Without a call for this long the process is stopped; 0 never stops it.'),
};

const enabled = z.boolean().optional().describe('`false`: it is listed as disabled and never started.');
const prefix = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{0,32}$/)
  .optional()
  .describe(
    "Text before `__` in this server's names. Default: its id. Empty: names stay as the server has them.",
  );

const isolation = z
  .enum(['shared', 'session', 'call'])
  .optional()
  .describe(
    '`shared` (the default): one process or connection for all clients; `session`: one for each session of a client of 2025-11-25 or before, and one for each call of any other client; `call`: one for each call. Apart from `shared`, a server of 2025-11-25 or before is told what the client it runs for can be asked.',
  );

/** Which tools are meant: a pattern of names, or all tools of one effect. */
export const ToolPattern = z
  .string()
  .regex(
    /^(?:effect:(?:read|write|destructive)|[A-Za-z0-9._*-]{1,128})$/,
    'a tool\'s name, in which `*` stands for any text, or "effect:read", "effect:write", "effect:destructive"',
  );

/** Which tools of one server nobody may see or call. */
export const ToolPolicy = z.strictObject({
  deny: z
    .array(ToolPattern)
    .optional()
    .describe(
      'Its tools that are not offered: its own names of them, with `*`, or `effect:write` and so on.',
    ),
  readOnly: z
    .boolean()
    .optional()
    .describe("Only its tools of effect read are offered; `false`: all, whatever the hub's `policy` says."),
});
export type ToolPolicy = z.infer<typeof ToolPolicy>;

/** What happens with a tool that is not as it was approved. */
export const OnChange = z.enum(['quarantine', 'allow']);

const approval = z
  .strictObject({
    changedTools: OnChange.optional().describe('Instead of `defaults.approval.changedTools`.'),
    newTools: OnChange.optional().describe('Instead of `defaults.approval.newTools`.'),
  })
  .optional()
  .describe("What happens when this server's tools change; absent members are taken from `defaults`.");

const common = {
  approval,
  policy: ToolPolicy.optional(),
  enabled,
  prefix,
  description: z.string().optional().describe('For people; the hub does not read it.'),
  isolation,
  ...timing,
};

/** A server that is a command: as in Claude Desktop, Cursor and VS Code. */
export const CommandServer = z.strictObject({
  type: z.literal('stdio').optional().describe('May be left out.'),
  command: z.string().min(1).describe('Program, by name or path. No shell is involved.'),
  args: z.array(Reference).optional().describe('Arguments, each one an item. References are resolved.'),
  env: z
    .record(z.string(), z.union([Reference, z.number(), z.null()]))
    .optional()
    .describe(
      'Its environment beyond the customary few variables (PATH, HOME, LANG, …). References are resolved.',
    ),
  envFile: z.string().optional().describe('File of `NAME=value` lines that join its environment.'),
  cwd: z.string().optional().describe('Its working directory.'),
  restart: RestartKind.optional().describe(
    '`permanent`: started anew however it ended; `transient`: unless it ended with status 0; `temporary`: by the next call only.',
  ),
  walls,
  network,
  files,
  limits,
  ...common,
});
export type CommandServer = z.infer<typeof CommandServer>;

/** A remote server behind Streamable HTTP, or behind the HTTP+SSE of 2024-11-05. */
export const RemoteServer = z.strictObject({
  type: z
    .enum(['http', 'streamable-http', 'streamableHttp', 'sse'])
    .optional()
    .describe(
      'May be left out: Streamable HTTP is tried, and HTTP+SSE where that is refused. `sse`: only HTTP+SSE.',
    ),
  url: z.string().min(1).describe('Its MCP endpoint.'),
  headers: z
    .record(z.string(), Reference)
    .optional()
    .describe('Sent with every request. References are resolved.'),
  ...common,
});
export type RemoteServer = z.infer<typeof RemoteServer>;

export const ServerEntry = z.union([CommandServer, RemoteServer]);
export type ServerEntry = z.infer<typeof ServerEntry>;

/** What the owner sets for a server that was found in the servers folder. */
export const ServerOverride = z.strictObject({
  enabled,
  prefix,
  target: z
    .enum(['live', 'mirror'])
    .optional()
    .describe("`mirror`: its base URL is the hub's own mirror of the service, and no key is needed."),
  env: z
    .record(z.string(), Reference)
    .optional()
    .describe('Its settings and secrets. References are resolved.'),
  approval,
  isolation,
  walls,
  network,
  permissions,
  policy: ToolPolicy.optional(),
  ...timing,
});
export type ServerOverride = z.infer<typeof ServerOverride>;
