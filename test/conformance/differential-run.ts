import { compareSubject, differences, keyOf, type Row } from './differential.ts';
import { readExpectedFailures } from './suite.ts';
import { SUBJECTS } from './subjects.ts';

/**
 * `npm run conformance [-- --json]`: the public suites of both revisions against servers directly and through the hub, as a
 * table of scenario × direct × hub. Ends with 1 when something passes directly and not through the hub that `expected-failures-hub-only.txt` does not name.
 */
const expected = readExpectedFailures('hub-only');
const rows: Row[] = [];
for (const subject of SUBJECTS) rows.push(...(await compareSubject(subject)));

if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
else for (const line of table(rows)) process.stdout.write(`${line}\n`);

const unexpected = rows.flatMap((row) =>
  differences(row).filter(({ kind, route }) => kind === 'worse' && !expected.has(keyOf(row, route))),
);
process.exitCode = unexpected.length > 0 ? 1 : 0;

function* table(all: readonly Row[]): Generator<string> {
  const width = Math.max(...all.map(({ scenario }) => scenario.length));
  let heading = '';
  for (const row of all) {
    const ways = Object.keys(row.hub);
    const next = `${row.subject}, ${row.revision}`;
    if (next !== heading) {
      heading = next;
      yield `\n${next}\n${'scenario'.padEnd(width)}  direct  ${ways.map((way) => `hub (${way})`).join('  ')}`;
    }
    const through = Object.entries(row.hub).map(([way, { verdict }]) =>
      verdict.padEnd(`hub (${way})`.length),
    );
    yield `${row.scenario.padEnd(width)}  ${row.direct.verdict.padEnd(6)}  ${through.join('  ')}`;
    for (const { route, kind, words } of differences(row)) {
      const reason = expected.get(keyOf(row, route));
      yield `    ${route}: ${kind}: ${reason ?? words}`;
    }
  }
  const kinds = all.map((row) => new Set(differences(row).map(({ kind }) => kind)));
  const worse = kinds.filter((kind) => kind.has('worse')).length;
  const better = kinds.filter((kind) => kind.has('better') && !kind.has('worse')).length;
  yield `\n${all.length} scenarios: ${all.length - worse - better} the same directly and through the hub, ${better} better, ${worse} worse.`;
}
