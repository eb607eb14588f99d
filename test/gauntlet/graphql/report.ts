import { line } from '../report.ts';
import type { GraphqlRow } from './measure-graphql.ts';

const HEAD = [
  'schema',
  'queries and mutations',
  'tools',
  'valid names',
  'strict schemas',
  'first list',
  'calls taken',
];

/** GraphQL schemas as Markdown; empty when none was measured. */
export function graphqlText(rows: readonly GraphqlRow[]): string {
  if (rows.length === 0) return '';
  return [
    '## GraphQL',
    '',
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...rows.map(({ file, fields, tools, validNames, strict, listBytes, accepted, calls }) =>
      line([
        file,
        String(fields),
        String(tools),
        String(validNames),
        String(strict),
        `${(listBytes / 1_000).toFixed(1)} kB`,
        `${accepted} of ${calls}`,
      ]),
    ),
    '',
    ...rows.flatMap(({ file, refusals }) => refusals.map((one) => `- ${file}: ${one.replace(/\s+/g, ' ')}`)),
    '',
  ].join('\n');
}
