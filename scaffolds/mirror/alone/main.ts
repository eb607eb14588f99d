import { readdir, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import process from 'node:process';
import { processEnv } from '@counterpart/kit';
import {
  type CounterpartError,
  errorCatalogue,
  hubError,
  MirrorMode,
  toCounterpartError,
} from '@counterpart/schemas';
import { MirrorParts } from '@counterpart/schemas/mirror/memory';
import { z } from 'zod';
import { parseHar } from '../recording/har-text.ts';
import { serveParts } from './serve-parts.ts';

/** The program of an exported mirror: `node mirror.js --port 4010`. Its files lie beside it. */

const Options = z.object({
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  host: z.string().default('127.0.0.1'),
  mode: MirrorMode.optional(),
  quiet: z.boolean().default(false),
});

function readOptions(): z.infer<typeof Options> {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', short: 'p' },
        host: { type: 'string' },
        mode: { type: 'string' },
        quiet: { type: 'boolean' },
      },
    });
    return Options.parse(values);
  } catch (cause) {
    const detail =
      cause instanceof z.ZodError
        ? z.prettifyError(cause)
        : cause instanceof Error
          ? cause.message
          : String(cause);
    throw hubError('USAGE', { detail, command: 'node mirror.js' }, { cause });
  }
}

async function readRecordings(folder: URL): Promise<[string, unknown][]> {
  const names = await readdir(folder).catch((): string[] => []);
  return Promise.all(
    names
      .filter((name) => name.endsWith('.har'))
      .map(async (name): Promise<[string, unknown]> => {
        const read = parseHar(await readFile(new URL(name, folder), 'utf8'));
        const creator = { name: 'counterpart', version: '1' };
        return [name.slice(0, -4), { log: { version: '1.2', creator, entries: read?.entries ?? [] } }];
      }),
  );
}

async function readParts(): Promise<MirrorParts> {
  const root = new URL('./', import.meta.url);
  const read = async (name: string): Promise<unknown> => {
    try {
      return JSON.parse(await readFile(new URL(name, root), 'utf8'));
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw hubError('INPUT_INVALID', { subject: name, detail }, { cause });
    }
  };
  const [blueprint, rest] = await Promise.all([read('blueprint.json'), read('mirror.json')]);
  const recordings = Object.fromEntries(await readRecordings(new URL('recordings/', root)));
  const parsed = MirrorParts.safeParse({ ...z.looseObject({}).parse(rest), blueprint, recordings });
  if (parsed.success) return parsed.data;
  throw hubError('INPUT_INVALID', { subject: 'mirror.json', detail: z.prettifyError(parsed.error) });
}

async function main(): Promise<void> {
  const { port, host, mode, quiet } = readOptions();
  const parts = await readParts();
  const settings = { ...parts.settings, mode: mode ?? parts.settings.mode };
  const { url } = await serveParts(
    { ...parts, settings },
    {
      port,
      host,
      env: processEnv,
      observe: ({ status, method, path, problems }) => {
        if (!quiet) process.stderr.write(`${[status, method, path, ...problems].join(' ')}\n`);
      },
    },
  );
  process.stdout.write(`${JSON.stringify({ mirror: parts.name, url })}\n`);
}

function fail(thrown: unknown): void {
  const error: CounterpartError = toCounterpartError(thrown);
  process.stderr.write(`${error.message}\n${error.fix}\n`);
  process.exitCode = errorCatalogue[error.code].exit;
}

main().catch(fail);
