import { resolve } from 'node:path';
import { z } from 'zod';
import type { Blueprint } from '@counterpart/schemas';
import type { SdkKind, WrittenSdk } from '@counterpart/scaffolds/sdk/write';
import { makeFolder } from '../../../kernel/files/make-folder.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count } from '../../output/text/format.ts';
import { unwritableOutput } from '../../output/write-given.ts';
import { readBlueprint } from './read-blueprint.ts';

const KINDS = {
  ts: 'typescript',
  typescript: 'typescript',
  python: 'python',
  py: 'python',
  openapi: 'openapi',
  docs: 'docs',
} as const;

const Input = z.object({
  source: z.string(),
  lang: z
    .enum(['typescript', 'ts', 'python', 'py', 'openapi', 'docs'], 'typescript, python, openapi or docs')
    .default('typescript'),
  out: z.string().optional(),
});

export const sdk = defineCommand({
  name: 'sdk',
  group: 'builds',
  summary: 'Write a client, an OpenAPI document or a page for a service',
  description:
    'From the blueprint that its server and its mirror are made of: a typed TypeScript client without dependencies, a Python package that needs nothing but Python 3.11, an OpenAPI 3.1 document (also of services that had none), or a page to read.',
  arguments: [['<source>', 'A built server’s name, or a description’s file or URL']],
  options: [
    ['-l, --lang <kind>', 'typescript (ts), python (py), openapi or docs (default: typescript)'],
    ['-o, --out <folder>', 'Where to (default: <name>-<kind> here)'],
  ],
  examples: [
    ['hub sdk weather', 'writes ./weather-typescript'],
    ['hub sdk weather --lang python --out clients/weather', 'a Python package'],
    ['hub sdk traffic.har --lang openapi', 'an OpenAPI document of recorded traffic'],
  ],
  input: Input,
  async run(context, { source, lang, out }) {
    const kind = KINDS[lang];
    const blueprint = await context.working(`reading ${source}`, () => readBlueprint(context, source));
    const directory = resolve(context.io.cwd, out ?? `${blueprint.id}-${kind}`);
    const written = await context.working(`writing ${kind}`, () =>
      write(blueprint, { kind, directory }, context),
    );
    context.result({ id: blueprint.id, operations: blueprint.operations.length, ...written }, () =>
      [
        `${context.paint.good('✓')} ${blueprint.title}: ${count(blueprint.operations.length - written.leftOut.length, 'operation')} in ${written.directory}`,
        ...written.files.map((file) => `  ${file}`),
        ...(written.leftOut.length > 0 ? [`  left out: ${written.leftOut.join(', ')}`] : []),
      ].join('\n'),
    );
  },
});

async function write(
  blueprint: Blueprint,
  { kind, directory }: { readonly kind: SdkKind; readonly directory: string },
  { signal }: Context,
): Promise<WrittenSdk> {
  const { writeSdk } = await import('@counterpart/scaffolds/sdk/write');
  try {
    makeFolder(directory);
    return await writeSdk(blueprint, { kind, directory, signal });
  } catch (cause) {
    throw unwritableOutput(directory, cause);
  }
}
