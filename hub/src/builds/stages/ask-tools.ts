import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { hubError, ToolDefinition, type Manifest } from '@counterpart/schemas';
import { z } from 'zod';
import { checkEnvironment } from '../../builder/verify/check-server.ts';
import type { BoxedProcess, Sandbox } from '../../kernel/ports.ts';

const MB = 1_048_576;
const LIMITS = { memoryBytes: 512 * MB, processes: 64, scratchBytes: 16 * MB, cpus: 1, timeMs: 30_000 };
/** Of what a program lists: no catalogue for a model is longer, and one line without an end would fill the hub's memory. */
const MOST_BYTES = 8 * MB;
const NOWHERE = 'http://127.0.0.1:9';
const Page = z.looseObject({
  id: z.number(),
  result: z.looseObject({ tools: z.array(ToolDefinition), nextCursor: z.string().optional() }),
});

/** What a candidate's program lists, asked inside the walls. Throws SERVER_START_FAILED with its last words. */
export async function askTools(
  sandbox: Sandbox,
  {
    candidate,
    manifest,
    timeMs,
  }: { readonly candidate: string; readonly manifest: Manifest; readonly timeMs: number },
  signal: AbortSignal,
): Promise<ToolDefinition[]> {
  signal.throwIfAborted();
  const box = await sandbox.open({
    profile: 'check',
    folders: [{ from: candidate, to: candidate }],
    args: [manifest.entry],
    env: { ...checkEnvironment(manifest, NOWHERE), HOME: '/tmp', TMPDIR: '/tmp' },
    cwd: candidate,
    limits: { ...LIMITS, timeMs: Math.min(LIMITS.timeMs, timeMs) },
  });
  const stop = (): void => void box.stop();
  signal.addEventListener('abort', stop);
  let complaint = '';
  box.stderr.on('data', (bytes: Buffer) => (complaint = `${complaint}${bytes.toString()}`.slice(-2_000)));
  try {
    const tools = await listThrough(box).catch((cause: unknown) => {
      complaint = cause instanceof Error ? cause.message : String(cause);
      return undefined;
    });
    signal.throwIfAborted();
    if (tools !== undefined) return tools;
    const detail = complaint.trim() || (await reasonOf(box));
    throw hubError('SERVER_START_FAILED', { server: manifest.id, detail });
  } finally {
    signal.removeEventListener('abort', stop);
    await box.stop();
  }
}

/** Why a program ended that said nothing. */
async function reasonOf(box: BoxedProcess): Promise<string> {
  await box.stop();
  const { outcome } = await box.ended;
  if (outcome === 'timed-out') return 'it had not listed its tools in time: is there a loop without an end?';
  if (outcome === 'out-of-memory') return 'it took too much memory before it had listed its tools';
  return 'it ended before it had listed its tools';
}

/** All pages; undefined when the program ended before. */
async function listThrough(box: BoxedProcess): Promise<ToolDefinition[] | undefined> {
  const send = (message: object): void =>
    void box.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  box.stdin.on('error', () => undefined); // It ended; the missing answer says so.
  const clientInfo = { name: 'counterpart-build', version: '1.0.0' };
  send({
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
  });
  send({ method: 'notifications/initialized' });
  send({ id: 1, method: 'tools/list', params: {} });
  const tools: ToolDefinition[] = [];
  for await (const line of linesOf(box.stdout)) {
    const page = Page.safeParse(parse(line));
    if (!page.success || page.data.id === 0) continue;
    tools.push(...page.data.result.tools);
    const { nextCursor } = page.data.result;
    if (nextCursor === undefined) return tools;
    send({ id: page.data.id + 1, method: 'tools/list', params: { cursor: nextCursor } });
  }
  return undefined;
}

/** Lines as they come; throws when there are more bytes than any list of tools has. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  let rest = '';
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new RangeError(`it writes more than ${MOST_BYTES} bytes to list its tools`);
    const lines = `${rest}${decoder.write(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
