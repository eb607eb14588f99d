import { z } from 'zod';
import { ChatConfig } from '../chat/chat.ts';
import { ProviderConfig, ProviderName } from '../chat/provider.ts';
import { RoutingConfig } from '../chat/routing.ts';
import { ServerId } from '../ids.ts';
import { NotificationsConfig } from './notice.ts';
import { OnChange, ServerEntry, ServerOverride, ToolPattern } from './server-entry.ts';
import { Walls } from './walls-config.ts';

/** A selection of everything the hub serves, at a URL of its own. */
export const Profile = z.strictObject({
  description: z
    .string()
    .max(2_000)
    .optional()
    .describe("What it is for; told to the client before the servers' own instructions."),
  servers: z
    .array(z.string().min(1))
    .optional()
    .describe('Ids of the servers it offers. Absent: all of them.'),
  tools: z
    .strictObject({
      include: z
        .array(ToolPattern)
        .optional()
        .describe('Tools it offers: names in the hub, with `*`, or `effect:read` and so on. Absent: all.'),
      exclude: z
        .array(ToolPattern)
        .optional()
        .describe('Tools it does not offer, whatever `include` says. They cannot be called here either.'),
    })
    .optional(),
  mode: z
    .enum(['full', 'search', 'code'])
    .default('full')
    .describe(
      "`full`: every tool is listed; `search`: only the hub's own tools are, by which a model finds, reads and calls the others; `code`: likewise, and the model calls them from JavaScript that it writes.",
    ),
  alwaysVisible: z
    .array(ToolPattern)
    .default([])
    .describe(
      "With `search` or `code`: tools that are listed beside the hub's own. The same patterns as above.",
    ),
  resultTokens: z
    .int()
    .min(0)
    .max(10_000_000)
    .optional()
    .describe(
      'The most of a result that is given at once, in tokens of 4 characters; the rest is read with `read_result`. 0: never cut. Default: 10000 with `search` or `code`, 0 with `full`.',
    ),
});
export type Profile = z.infer<typeof Profile>;

/** A tool's whole name, as clients call it. */
const HubToolName = z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, "a tool's name in the hub");

export const HubConfig = z.strictObject({
  $schema: z.string().optional().describe('For editors: `schemas/json/config.schema.json`.'),
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on. Needs a restart.'),
      port: z.int().min(0).max(65_535).default(8001).describe('0 takes a free one. Needs a restart.'),
      allowedHosts: z
        .array(z.string())
        .default([])
        .describe("Hosts beyond loopback names that a request's Host header may carry."),
      allowedOrigins: z
        .array(z.string())
        .default([])
        .describe(
          "Origins beyond loopback ones that a browser's request may carry. Pages can use MCP endpoints only from origins listed here, loopback ones too.",
        ),
    })
    .prefault({}),
  serversDir: z
    .string()
    .default('servers')
    .describe('Folder of built servers, watched; relative to this file. Needs a restart.'),
  dataDir: z
    .string()
    .default('.hub')
    .describe("Folder of the hub's own data; relative to this file. Needs a restart."),
  versions: z
    .strictObject({
      keep: z
        .int()
        .min(2)
        .max(1_000)
        .default(10)
        .describe(
          'Versions kept of each built server, for `hub rollback`; the one in use and the one before it always are.',
        ),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('The least that is written. Needs a restart.'),
    })
    .prefault({}),
  telemetry: z
    .strictObject({
      otlp: z
        .strictObject({
          endpoint: z
            .url({ protocol: /^https?$/ })
            .refine((url) => URL.parse(url)?.username === '' && URL.parse(url)?.password === '', {
              error: 'It holds a name or password; they are sent by `headers`, as references to secrets.',
            })
            .optional()
            .describe(
              'Address of an OpenTelemetry collector, below which `/v1/traces` takes OTLP over HTTP as JSON; it is sent a span for every act in the audit log and for every build, with its stages. Absent: nothing is sent.',
            ),
          headers: z
            .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string().max(8_192))
            .default({})
            .describe(
              'Sent to the collector with every request; values may hold references such as `${secret:COLLECTOR_KEY}`.',
            ),
        })
        .prefault({}),
    })
    .prefault({}),
  auth: z
    .strictObject({
      mcp: z
        .enum(['open', 'token'])
        .default('open')
        .describe(
          "`open`: anyone on this machine may use `/mcp`; `token`: the hub's token, or that of a person, is needed there too.",
        ),
    })
    .prefault({}),
  defaults: z
    .strictObject({
      startTimeoutMs: z
        .int()
        .min(100)
        .max(600_000)
        .default(30_000)
        .describe("From a server's start to a finished handshake."),
      callTimeoutMs: z
        .int()
        .min(100)
        .max(3_600_000)
        .default(60_000)
        .describe('One call, from forwarding to its answer; progress extends it up to `maxCallMs`.'),
      maxCallMs: z
        .int()
        .min(100)
        .max(86_400_000)
        .default(600_000)
        .describe('One call, however much progress it reports.'),
      idleMs: z
        .int()
        .min(0)
        .default(300_000)
        .describe('Without a call for this long a process is stopped; 0 never stops one.'),
      spawnConcurrency: z
        .int()
        .min(1)
        .max(64)
        .default(4)
        .describe(
          'Processes being started at once; one that takes long lets the next begin. Needs a restart.',
        ),
      warmSpares: z
        .int()
        .min(0)
        .max(4)
        .default(1)
        .describe(
          'Processes kept ready to become a built server, so that its first call is quick. Needs a restart.',
        ),
      warmWalls: z
        .int()
        .min(0)
        .max(32)
        .default(2)
        .describe(
          'Containers kept ready for servers inside walls that sleep, one each for those used last, so that their first call is quick. Only where Docker puts up the walls: bubblewrap is quick by itself. Needs a restart.',
        ),
      maxCallsPerServer: z
        .int()
        .min(1)
        .default(256)
        .describe('Calls waiting or running for one server; one more is answered "busy".'),
      maxInstancesPerServer: z
        .int()
        .min(1)
        .max(1_000)
        .default(16)
        .describe(
          'Processes or connections of one server whose `isolation` is `session` or `call`; a call that needs one more is answered "busy".',
        ),
      walls: Walls.default('none').describe(
        'Where servers made by `hub build` run: `sandbox` keeps them from the network, files and credentials of this machine, and their requests go through the broker of the hub; `none`: as processes of this user.',
      ),
      sandbox: z
        .enum(['auto', 'bubblewrap', 'docker'])
        .default('auto')
        .describe(
          'What puts up walls. `auto`: whatever answers; servers take bubblewrap before Docker, whose containers start slowly, and tests of builds Docker before bubblewrap. Needs a restart.',
        ),
      graceMs: z.int().min(0).default(86_400_000).describe("How long a dead server's tools stay listed."),
      approval: z
        .strictObject({
          changedTools: OnChange.default('quarantine').describe(
            'A tool whose definition is not one that was approved. `quarantine`: it is left out until `hub approve`; `allow`: the change is approved as it comes.',
          ),
          newTools: OnChange.default('allow').describe(
            'A tool that a server did not have when it was first seen: the same choice.',
          ),
        })
        .prefault({}),
    })
    .prefault({}),
  policy: z
    .strictObject({
      deny: z
        .array(ToolPattern)
        .default([])
        .describe(
          'Tools that nobody sees or calls by any way: names in the hub, with `*`, or `effect:destructive` and so on.',
        ),
      readOnly: z.boolean().default(false).describe('Only tools of effect read are offered.'),
    })
    .prefault({}),
  providers: z
    .record(ProviderName, ProviderConfig)
    .default({})
    .describe(
      'Providers of language models by name; a model is asked for as `<provider>/<model>`. The first one is asked unless another is named.',
    ),
  chat: ChatConfig.prefault({}).describe('Chat over all tools, at `/v1`.'),
  routing: RoutingConfig.prefault({}).describe(
    'Which model answers a chat: by difficulty, kind, place, price and how models do.',
  ),
  notifications: NotificationsConfig.prefault({}).describe(
    'Who is told, and how, when a build waits for somebody or ends, or a service has changed. Connected MCP clients always get a log message.',
  ),
  drift: z
    .strictObject({
      propose: z
        .enum(['never', 'described', 'always'])
        .default('described')
        .describe(
          'When calls show that a service has changed, a new version is built that waits for a decision: `described` only of servers whose description can be read again; `always` also where a model is asked.',
        ),
    })
    .prefault({}),
  builder: z
    .strictObject({
      tools: z
        .boolean()
        .default(false)
        .describe(
          "Offers the builder's tools (`hub__build_start` and so on), with which a client's own model builds servers. What it builds is installed when a person approves it.",
        ),
      clientApproval: z
        .boolean()
        .default(true)
        .describe(
          'A person may decide on a build in their MCP client, where it shows forms; otherwise only by `hub builds approve` and the API.',
        ),
      coverage: z
        .int()
        .min(0)
        .max(100)
        .default(80)
        .describe('Least share of the statements of written code that its tests must run, in percent.'),
      testSeconds: z
        .int()
        .min(5)
        .max(1_800)
        .default(120)
        .describe('How long the tests of a build may take inside the sandbox.'),
    })
    .prefault({}),
  mcpServers: z
    .record(z.string(), ServerEntry)
    .default({})
    .describe('Servers by id: commands and remote ones, as in other MCP programs.'),
  overrides: z
    .record(z.string(), ServerOverride)
    .default({})
    .describe('Settings of servers in the servers folder, by id.'),
  aliases: z
    .record(HubToolName, HubToolName)
    .default({})
    .describe(
      'Old names of tools in the hub and the names they have now, such as `"notes__find": "notes__search"`: an old name can still be called, and is listed nowhere.',
    ),
  profiles: z
    .record(ServerId, Profile)
    .default({})
    .describe(
      'Selections of tools by name, each served at `/mcp/p/<name>`. A name is formed like the id of a server.',
    ),
});
export type HubConfig = z.infer<typeof HubConfig>;
