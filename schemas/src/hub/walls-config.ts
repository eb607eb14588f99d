import { z } from 'zod';

/** Where a server runs. */
export const Walls = z.enum(['none', 'sandbox']);
/** The member `walls` of a server. */
export const walls = Walls.optional().describe(
  '`sandbox`: it runs without a network, files and credentials of its own, and what it asks of its service goes through the broker of the hub; `none`: as a process of this user. Default: `defaults.walls` for servers made by `hub build`, `none` for commands.',
);

/** The member `network`: what the broker lets through. */
export const network = z
  .strictObject({
    allow: z
      .array(
        z.string().regex(/^[^\s/?#@]+:(?:\d+|\*)$/, 'a host and its port, such as "api.example.com:443"'),
      )
      .optional()
      .describe(
        'Hosts beyond those of its manifest (a command has none), with `*`; those named here may be in a private network or on this machine.',
      ),
    ratePerMinute: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Requests it may send in a minute, to all hosts together. Absent: as many as it likes.'),
    circuit: z
      .strictObject({
        failures: z
          .int()
          .min(1)
          .default(5)
          .describe('Failures of a host in a row (no answer, or a status from 500) after which calls pause.'),
        pauseMs: z
          .int()
          .min(100)
          .default(10_000)
          .describe('Length of the first pause; each further one is twice as long, up to ten minutes.'),
        disableAfter: z
          .int()
          .min(0)
          .default(10)
          .describe('Pauses in a row after which the server is disabled; 0: never.'),
      })
      .optional()
      .describe('When a host that fails is left alone.'),
  })
  .optional()
  .describe('What it may reach from inside the walls.');

/** The member `files` of a command. */
export const files = z
  .array(
    z.union([
      z.string().min(1),
      z.strictObject({
        path: z.string().min(1),
        write: z.boolean().default(false).describe('It can be changed from inside too.'),
      }),
    ]),
  )
  .optional()
  .describe(
    "With `walls`: files and folders that it sees beside its program, what its arguments name, and a folder of its own at `/data`; relative to the hub's folder.",
  );

/** The member `limits` of a command. */
export const limits = z
  .strictObject({
    memoryMb: z.int().min(32).max(65_536).optional().describe('Default: 512.'),
    cpus: z.number().min(0.1).max(64).optional().describe('Processors, parts of one included. Default: 1.'),
    processes: z.int().min(16).max(4_096).optional().describe('Processes and threads at once. Default: 128.'),
  })
  .optional()
  .describe('With `walls`: what it may use of this machine.');

const denied = z.array(z.string().min(1)).optional();

/** The member `permissions` of a built server: what its manifest names and it is not given. */
export const permissions = z
  .strictObject({
    deny: z
      .strictObject({
        net: denied.describe('Hosts with their ports; they are refused whatever else allows them.'),
        fs: denied.describe('Files, as the manifest names them.'),
        secret: denied.describe('Names of secrets; also those that `env` sets.'),
      })
      .optional()
      .describe('What its manifest asks for and it does not get.'),
  })
  .optional()
  .describe('What its owner takes back of what was approved with the version; `hub permissions` changes it.');
