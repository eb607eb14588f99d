import { hubError, type BuildStage } from '@counterpart/schemas';
import { z } from 'zod';
import type { BuildProgress } from '../../../builder/options.ts';
import { defineCommand } from '../../command.ts';
import { renderBuildReport } from '../../output/build-report.ts';
import { wrap } from '../../output/wrap.ts';

const Input = z.object({
  source: z.string().optional(),
  from: z.string().optional(),
  name: z.string().optional(),
  include: z.array(z.string()).optional(),
  baseUrl: z.string().optional(),
  category: z.string().optional(),
  allowRemote: z.boolean().default(false),
  allowOutside: z.boolean().default(false),
  strict: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});

export const build = defineCommand({
  name: 'build',
  alias: 'consume',
  group: 'builds',
  summary: 'Make a server from a description of a service',
  description:
    'Reads an OpenAPI 3.x or Swagger 2.0 document (JSON or YAML; a file, a folder or ZIP archive of several, a URL, or - for standard input) and makes a standalone MCP server of it in the servers folder. What cannot become a tool is listed with its reason and place; everything else is built. A running hub serves the result at once.',
  arguments: [['[source]', 'The same as --from']],
  options: [
    ['-f, --from <file|url|->', 'The description'],
    ['-n, --name <id>', 'Name of the server (default: made from the title)'],
    [
      '-i, --include <selector>',
      'Only this tag, path prefix, operationId or tool name; repeat for more',
      { repeat: true },
    ],
    ['--base-url <url>', 'Address of the service, instead of the description’s'],
    ['--category <slug>', 'Category in the catalog'],
    ['--allow-remote', 'Follow references of the description to other hosts, never to private addresses'],
    ['--allow-outside', 'Follow its references to files outside of its folder'],
    ['--strict', 'Refuse if any operation would be left out'],
    ['--dry-run', 'Report what would be built and write nothing'],
  ],
  examples: [
    ['hub build --from petstore.yaml', 'everything in a file'],
    ['hub build --from https://example.com/openapi.json --name shop', 'from a URL, named'],
    ['hub build --from specs/', 'from several files that refer to each other'],
    ['hub build --from payments.json --include /v1/customers -i balance', 'a chosen part'],
    ['curl -s https://example.com/api.yaml | hub build --from -', 'from standard input'],
  ],
  input: Input,
  async run(context, { source, from, ...rest }) {
    const location = from ?? source;
    if (location === undefined)
      throw hubError('USAGE', {
        detail: 'Say what to build from: --from <file|url|->.',
        command: 'hub build',
      });
    // The compiler and the bundler are loaded by the commands that need them: every other command starts in half the time.
    const { buildServer } = await import('../../../builder/build.ts');
    const report = await context.working(`building from ${location}`, (progress) =>
      buildServer({
        ...rest,
        from: location,
        serversDir: context.home.serversDir,
        signal: context.signal,
        onProgress: (step) => progress.update(describe(step)),
      }),
    );
    context.result(report, () => wrap(renderBuildReport(report, context.paint), context.io.width));
  },
});

const WORDS: Readonly<Record<BuildStage, string>> = {
  read: 'reading',
  compile: 'compiling operations',
  write: 'writing the package',
  bundle: 'bundling',
  check: 'checking against the mirror',
  install: 'installing',
};

function describe({ stage, done, total, note }: BuildProgress): string {
  const amount = done === undefined ? '' : ` ${done}${total === undefined ? '' : `/${total}`}`;
  return `${WORDS[stage]}${amount}${note === undefined ? '' : ` ${note}`}`;
}
