import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernTransport } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { JsonObject } from '@counterpart/schemas';
import { z } from 'zod';
import { ROOT } from '../guards/proofs-reporter.ts';

/** A program that speaks MCP over its standard streams. */
export interface Launch {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

export interface Answer {
  readonly isError: boolean;
  readonly structuredContent: unknown;
  /** Text of the content's text items. */
  readonly text: string;
  /** Where the service's answer strayed from its description, by the kit's account. */
  readonly drift: readonly string[];
}

/** What these tests ask of a client of any kind. */
export interface StdioClient extends AsyncDisposable {
  /** All tools, as the client hands them out after its own parsing. */
  tools(): Promise<readonly { readonly name: string }[]>;
  /** Rejects when the structured answer breaches the tool's output schema, by the client's own validation. */
  call(name: string, input: JsonObject): Promise<Answer>;
}

const Called = z.looseObject({
  isError: z.boolean().default(false),
  structuredContent: z.unknown().optional(),
  content: z.array(z.looseObject({ text: z.string().default('') })),
  _meta: z.looseObject({ 'counterpart/drift': z.array(z.string()).default([]) }).optional(),
});

function toAnswer(result: unknown): Answer {
  const { isError, structuredContent, content, _meta } = Called.parse(result);
  const text = content.map((item) => item.text).join('\n');
  return { isError, structuredContent, text, drift: _meta?.['counterpart/drift'] ?? [] };
}

/** The client of the SDK's first version, connected. */
export async function openLegacy(launch: Launch): Promise<StdioClient> {
  const client = new LegacyClient({ name: 'v1', version: '1.0.0' });
  await client.connect(new LegacyTransport(launch));
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, input) => toAnswer(await client.callTool({ name, arguments: input })),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The client of the SDK's second version, connected; `legacy` shakes hands, `auto` finds out that it need not. */
export async function openModern(launch: Launch, mode: 'legacy' | 'auto'): Promise<StdioClient> {
  const client = new ModernClient({ name: 'v2', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(new ModernTransport(launch));
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, input) => toAnswer(await client.callTool({ name, arguments: input })),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const INSPECTOR = join(ROOT, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const LONGEST_OUTPUT = 64 * 1024 * 1024;

/** What the MCP inspector's command line prints for `tools/list`; `home` is where it may keep its files. */
export async function inspectTools(launch: Launch, home: string): Promise<readonly { name: string }[]> {
  const args = [INSPECTOR, '--cli', launch.command, ...launch.args, '--method', 'tools/list'];
  const env = { ...launch.env, HOME: home, PATH: process.env['PATH'] };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: LONGEST_OUTPUT });
  return (JSON.parse(stdout) as { tools: { name: string }[] }).tools;
}
