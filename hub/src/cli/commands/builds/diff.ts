import { errorCatalogue, hubError, type Blueprint, type DiffReport } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { broken, count } from '../../output/text/format.ts';
import { readServersFolder } from '../../server-folder.ts';
import { readBlueprint } from './read-blueprint.ts';

/** As of `hub mirror diff`: something is not as callers know it. */
const BREAKS_EXIT = errorCatalogue.MANIFEST_INVALID.exit;
/** Tools with other words are named so far; more are counted. */
const MOST_NAMED = 12;

export const diff = defineCommand({
  name: 'diff',
  group: 'builds',
  summary: 'Compare two versions of a service’s description',
  description:
    'Says what callers of the tools notice between two versions, breaking changes first: tools that came, went or were renamed, each input and answer that changed with its place, and what the list of tools costs a model before and after. Compares an installed server with a new description, or any two of them; nothing is written. Exits 0 when nothing breaks, 4 when something does.',
  arguments: [
    ['<before>', 'A built server’s name, a blueprint.json, or a description’s file or URL'],
    ['[after]', 'The same (default: where the server’s description came from, read again)'],
  ],
  examples: [
    ['hub diff weather', 'the installed server and its description of today'],
    ['hub diff weather weather-v2.yaml', 'the installed server and a new description'],
    ['hub diff v1.json v2.json --json', 'two descriptions, for a program'],
  ],
  input: z.object({ before: z.string(), after: z.string().optional() }),
  async run(context, { before, after }) {
    const report = await context.working(`comparing ${before}`, async () => {
      const old = await readBlueprint(context, before);
      const now = await readAfter(context, old, { before, after });
      const { diffBlueprints } = await import('@counterpart/scaffolds/compare/diff-blueprints');
      return diffBlueprints(old, now);
    });
    context.result(report, () => renderDiff(report, context));
    return report.breaking === 0 ? 0 : BREAKS_EXIT;
  },
});

interface Sides {
  readonly before: string;
  readonly after: string | undefined;
}

/** The later version, read as a build of the earlier one would read it: names are kept, and so is the part that was chosen. */
async function readAfter(context: Context, old: Blueprint, { before, after }: Sides): Promise<Blueprint> {
  const from = after ?? originOf(context, old, before);
  const { source } = old;
  const { lockOfBuilt } = await import('@counterpart/scaffolds/readers/listed-before');
  return readBlueprint(context, from, { names: lockOfBuilt(old), include: source.include, name: old.id });
}

/** Where an installed server's description can be read again. Throws USAGE where only a file's name is known. */
function originOf(context: Context, { source }: Blueprint, before: string): string {
  const command = 'hub diff';
  if (!readServersFolder(context).servers.has(before)) {
    const detail = `Say what to compare ${before} with; alone stands only the name of a built server.`;
    throw hubError('USAGE', { detail, command });
  }
  if (/^https?:\/\//i.test(source.location)) return source.location;
  const detail = `${before} was made from ${source.location}: say where that is now, or which description to compare with.`;
  throw hubError('USAGE', { detail, command });
}

function renderDiff(report: DiffReport, { paint }: Context): string {
  const { before, after, changes, breaking, reworded } = report;
  const row = (side: DiffReport['before']): string =>
    `${side.title} ${side.version} (${side.source}): ${count(side.tools, 'tool')}, about ${count(side.tokens, 'token')}`;
  const lines = changes.map(({ kind, tool, breaking: breaks, details }) => {
    const mark = breaks ? paint.bad('!') : paint.faint(kind === 'added' ? '+' : '·');
    return [`  ${mark} ${tool} ${kind}`, ...details.map((detail) => `      ${detail}`)].join('\n');
  });
  const others = reworded.length - MOST_NAMED;
  return [
    `${paint.faint('from')}  ${row(before)}`,
    `${paint.faint('to')}    ${row(after)}`,
    '',
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    ...(reworded.length > 0
      ? [
          `${count(reworded.length, 'tool')} in other words: ${reworded.slice(0, MOST_NAMED).join(', ')}${others > 0 ? ` and ${others} more` : ''}`,
        ]
      : []),
    verdict(changes.length, breaking, paint),
  ].join('\n');
}

function verdict(changes: number, breaking: number, paint: Context['paint']): string {
  if (changes === 0) return `${paint.good('✓')} Callers notice no difference.`;
  if (breaking === 0) return `${paint.good('✓')} ${count(changes, 'change')}, none breaks a caller.`;
  return `${paint.bad('✗')} ${count(changes, 'change')}, ${broken(breaking, changes)}.`;
}
