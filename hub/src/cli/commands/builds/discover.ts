import type { Discovery } from '@counterpart/scaffolds/readers/discover/discover';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { count } from '../../output/format.ts';
import type { Paint } from '../../output/paint.ts';
import { wrap } from '../../output/wrap.ts';

export const discover = defineCommand({
  name: 'discover',
  group: 'builds',
  summary: 'Find out what a URL has to build from',
  description:
    'Looks for descriptions (OpenAPI, Swagger) at their usual places and where pages of documentation name them, for GraphQL, MCP, llms.txt and data. Asks the host of the URL and no other, and says everything that was tried.',
  arguments: [['<url>', 'Address of a service or of its documentation']],
  options: [],
  examples: [
    ['hub discover https://api.example.com/', 'what is there'],
    [
      'hub discover https://docs.example.com/api --json',
      'the same, for a program, with every place that was asked',
    ],
  ],
  input: z.object({ url: z.string() }),
  async run(context, { url }) {
    const found = await context.working(`looking at ${url}`, async () => {
      const { discover: look } = await import('@counterpart/scaffolds/readers/discover/discover');
      return look(url, context.signal);
    });
    context.result(found, () => wrap(render(found, context.paint), context.io.width));
  },
});

function render({ url, found, tried, unasked }: Discovery, paint: Paint): string {
  const lines = found.map(({ kind, url: at, title, detail }) => {
    const about = [title, detail].filter((one) => one !== undefined).join(', ');
    return `  ${paint.good('✓')} ${kind.padEnd(8)} ${at}${about === '' ? '' : `  ${paint.faint(about)}`}`;
  });
  const buildable =
    found.find(({ kind }) => kind === 'openapi') ?? found.find(({ kind }) => kind === 'graphql');
  return [
    found.length === 0
      ? `${paint.warn('–')} Nothing to build from was found at ${url}`
      : `${paint.strong(count(found.length, 'thing'))} found at ${url}`,
    ...lines,
    paint.faint(
      `${count(tried.length, 'place')} asked${unasked.length > 0 ? `; named and not asked: ${unasked.slice(0, 8).join(', ')}` : ''}`,
    ),
    buildable === undefined
      ? 'Next: record its traffic with a browser, and `hub build --from traffic.har`.'
      : `Next: \`hub build --from ${buildable.url}\``,
  ].join('\n');
}
