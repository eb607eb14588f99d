import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { z } from 'zod';
import { Manifest, type Blueprint, type ToolDefinition } from '@counterpart/schemas';
import { BuildReport } from '@counterpart/schemas/builds/build';
import type { TestHome } from '../e2e/cli-runner.ts';
import { peakMegabytes, watchPeak } from './peak-memory.ts';

/** A description as `hub build` made a server of it. */
export interface Built {
  readonly report: BuildReport;
  readonly manifest: Manifest;
  readonly blueprint: Blueprint;
  readonly seconds: number;
  readonly peakMb: number;
}

/** Runs `hub build` as a person would. Rejects with what it printed when it refuses. */
export async function buildDescription(
  home: TestHome,
  file: string,
  options: readonly string[] = [],
): Promise<Built> {
  const start = performance.now();
  const child = home.spawn(['build', '--from', file, '--name', 'built', '--json', ...options]);
  const peak = watchPeak(child.pid);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [printed, complaint, code] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    ended,
  ]);
  const peakMb = peak.stop();
  if (code !== 0) throw new Error(`hub build ${file}: ${complaint || printed}`);
  const report = BuildReport.parse(JSON.parse(printed));
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(report.directory, name), 'utf8'));
  return {
    report,
    manifest: Manifest.parse(await read('manifest.json')),
    blueprint: (await read('blueprint.json')) as Blueprint, // written by the build a moment ago
    seconds: (performance.now() - start) / 1_000,
    peakMb,
  };
}

/** What a call came to, as a client sees it. */
export interface Called {
  readonly isError: boolean;
  readonly structured: unknown;
  readonly text: string;
}

/** A server of stdio, running, and what it took until it had listed its tools. */
export interface Running extends AsyncDisposable {
  readonly tools: readonly ToolDefinition[];
  /** Bytes of the listed tools as JSON. */
  readonly listBytes: number;
  readonly listMs: number;
  readonly peakMb: number;
  call(name: string, args: Record<string, unknown>): Promise<Called>;
}

/** How a program is started, its environment included. */
export interface Program {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

/** A list that breaks the protocol in some of its tools, read for the sake of the others. */
const LooseList = z.object({ tools: z.array(z.looseObject({ name: z.string() })) });

/** Longest that a list is waited for that is read a second time. */
const LONGEST_LIST_MS = 120_000;
/** Longest message that is read leniently, in bytes; the SDK's client reads 10 MB. */
const LONGEST_MESSAGE = 256 * 1024 * 1024;

/**
 * Starts a server and lists its tools with the SDK's client. That refuses a whole list for one tool whose schema is no
 * object's, and one beyond 10 MB; `lenient` reads such lists all the same.
 */
export async function runServer(program: Program, lenient = false): Promise<Running> {
  const start = performance.now();
  const transport = new StdioClientTransport({
    ...program,
    stderr: 'ignore',
    ...(lenient ? { maxBufferSize: LONGEST_MESSAGE } : {}),
  });
  const client = new Client({ name: 'gauntlet', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(transport);
  const { tools } = await client
    .listTools()
    .catch((error: unknown) => {
      if (!lenient) throw error;
      return client.request({ method: 'tools/list' }, LooseList, { timeout: LONGEST_LIST_MS }).catch(() => {
        throw error;
      });
    })
    .catch(async (error: unknown) => {
      await client.close();
      throw error;
    });
  const listMs = performance.now() - start;
  return {
    // The client's own parsing types more loosely what every server of ours promises.
    tools: tools as unknown as readonly ToolDefinition[],
    listBytes: Buffer.byteLength(JSON.stringify(tools)),
    listMs,
    peakMb: peakMegabytes(transport.pid),
    async call(name, args) {
      const result = await client.callTool({ name, arguments: args });
      const parts = Array.isArray(result.content) ? result.content : [];
      return {
        isError: result.isError === true,
        structured: result.structuredContent,
        text: parts.map((part) => ('text' in part ? part.text : '')).join('\n'),
      };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The built server against a service elsewhere, with a value for everything it wants to be told. */
export function programOf({ report, manifest }: Built, serviceUrl: string): Program {
  const settings = manifest.config
    .filter(({ required, name }) => required && name !== 'BUILT_BASE_URL')
    .map((slot): [string, string] => [slot.name, slot.default ?? slot.enum?.[0] ?? 'test']);
  const credentials = manifest.secrets.map(({ name }): [string, string] => [name, 'not-a-secret']);
  return {
    command: process.execPath,
    args: [join(report.directory, manifest.entry)],
    env: { BUILT_BASE_URL: serviceUrl, ...Object.fromEntries([...settings, ...credentials]) },
  };
}
