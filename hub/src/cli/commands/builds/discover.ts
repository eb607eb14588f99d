import type { Discovery } from '@counterpart/scaffolds/readers/discover/discover';
import type { LocalLook } from '@counterpart/scaffolds/readers/discover/look-local';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { count } from '../../output/text/format.ts';
import type { Paint } from '../../output/text/paint.ts';

export const discover = defineCommand({
  name: 'discover',
  group: 'builds',
  summary: 'Find out what a URL has to build from, what a file is, what a local port speaks',
  description:
    'Looks for descriptions (OpenAPI, Swagger) at their usual places and where pages of documentation name them, for GraphQL, MCP, llms.txt and data. Asks the host of the URL and no other, and says everything that was tried. A file is told by its first bytes, a port of this machine by what it says first.',
  arguments: [['<url>', 'Address of a service or of its documentation, a file, or localhost:<port>']],
  options: [],
  examples: [
    ['hub discover https://api.example.com/', 'what is there'],
    ['hub discover export.bin', 'what a file is, and whether it can be built from'],
    ['hub discover localhost:5432', 'which protocol a local port speaks'],
    [
      'hub discover https://docs.example.com/api --json',
      'the same, for a program, with every place that was asked',
    ],
  ],
  input: z.object({ url: z.string() }),
  async run(context, { url }) {
    const local = await lookNear(url);
    if (local !== undefined) {
      context.result(local, () => renderLocal(local, url, context.paint));
      return;
    }
    const found = await context.working(`looking at ${url}`, async () => {
      const { discover: look } = await import('@counterpart/scaffolds/readers/discover/discover');
      return look(url, context.signal);
    });
    context.result(found, () => render(found, context.paint));
  },
});

/** What a place on this machine is; undefined for a URL and for what is not there. */
async function lookNear(place: string): Promise<LocalLook | undefined> {
  const { isFile, localPort, lookAtFile, lookAtPort } =
    await import('@counterpart/scaffolds/readers/discover/look-local');
  const port = localPort(place);
  if (port !== undefined) return lookAtPort(place, port);
  return (await isFile(place)) ? lookAtFile(place) : undefined;
}

function renderLocal(look: LocalLook, given: string, paint: Paint): string {
  const about = [look.detail, look.encoding].filter((one) => one !== undefined).join(', ');
  const inside = look.holds === undefined ? '' : `, which holds ${look.holds.title}`;
  const advice = look.holds?.advice ?? look.advice;
  const isPort = look.place === given && /:\d+$/.test(given);
  return [
    `${paint.strong(look.place)} ${isPort ? 'speaks' : 'is'} ${look.title}${inside}${about === '' ? '' : `  ${paint.faint(about)}`}`,
    advice ?? `Next: \`hub build --from ${given}\``,
  ].join('\n');
}

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
