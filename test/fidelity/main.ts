import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import packageFile from '../../package.json' with { type: 'json' };
import { ROOT } from '../guards/proofs-reporter.ts';
import { BEHAVIOURS } from './behaviours/index.ts';
import { CELLS, cellName } from './cells.ts';
import { startHubSubject } from './hub-subject.ts';
import { installedOf, PEERS } from '../peers/peers.ts';
import { startPeer } from './peers.ts';
import { type Outcome, type Patience, Prober } from './probe.ts';
import { jsonOf, markdownOf, type Row, type Sheet } from './report.ts';
import type { Subject } from './subject.ts';

const HELP = `npm run fidelity [-- options]: whether a client can tell the hub from the server behind it, behaviour by behaviour.

  --json          print one JSON document
  --write         save the table as docs/fidelity.md
  --only <text>   only behaviours whose id holds this
  --peers-only    leave the hub out

PEERS_NPM names the folder where \`npm run bench:peers -- <folder>\` installed other programs.`;

const PATIENCE: Patience = { limitMs: 5_000 };
/** A peer that does not answer is not waited for as long as the hub, which must. */
const PEER_PATIENCE: Patience = { limitMs: 1_500, probeMs: 8_000, totalMs: 8 * 60_000 };

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    'peers-only': { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => void process.stdout.write(text);

async function sheetOf(subject: Subject, version: string, patience: Patience): Promise<Sheet> {
  const prober = new Prober(subject, patience);
  const rows: Row[] = [];
  try {
    for (const behaviour of BEHAVIOURS.filter(({ id }) => id.includes(options.only))) {
      const outcomes = new Map<string, Outcome>();
      for (const cell of CELLS) outcomes.set(cellName(cell), await prober.probe(behaviour, cell));
      rows.push({ behaviour, outcomes });
    }
    return { subject: subject.name, version, cells: CELLS, rows };
  } finally {
    await prober.close();
    await subject.close();
  }
}

const INTRODUCTION = `# Fidelity

What a client sees through the hub, compared with what it sees of the server itself: behaviour by behaviour, in every pair of
protocol eras (M is 2026-07-28, L is 2025-11-25; client→server) and over both transports of the client. Each cell stands for
two probes, one with the server over standard input and output, one with it over Streamable HTTP. Everything is a real process:
the hub as \`hub start\`, its clients over stdio as \`hub stdio\`, servers that speak each era raw.

✓ as the server itself · ✗ not so · – cannot exist, for the reason below the table.

Made by \`npm run fidelity -- --write\`; the same probes are tests in \`test/fidelity\`.
`;

/** Every subject there is, one after the other; each is told of when it is done. */
async function probeAll(done: (sheet: Sheet) => void): Promise<string[]> {
  if (!options['peers-only']) done(await sheetOf(await startHubSubject(), packageFile.version, PATIENCE));
  const installed = new Map(installedOf(PEERS, process.env['PEERS_NPM']).map((peer) => [peer.name, peer]));
  const left: string[] = [];
  for (const { name } of PEERS) {
    const peer = installed.get(name);
    if (peer) done(await sheetOf(await startPeer(peer), peer.version, PEER_PATIENCE));
    else
      left.push(
        `- ${name} is left out: \`npm run bench:peers -- $PEERS_NPM\`, then run again with PEERS_NPM set.`,
      );
  }
  return left;
}

const textOf = (sheets: readonly Sheet[], left: readonly string[]): string =>
  [INTRODUCTION, ...sheets.map(markdownOf), ...(left.length > 0 ? [`${left.join('\n')}\n`] : [])].join('\n');

async function main(): Promise<void> {
  if (options.help) return say(`${HELP}\n`);
  const sheets: Sheet[] = [];
  // Kept as it grows: a peer that hangs takes nothing of the others with it.
  const save = (left: readonly string[] = []): void => {
    if (options.write) writeFileSync(`${ROOT}docs/fidelity.md`, textOf(sheets, left));
  };
  const left = await probeAll((sheet) => {
    sheets.push(sheet);
    save();
  });
  save(left);
  say(
    options.json
      ? `${JSON.stringify({ sheets: sheets.map(jsonOf), left }, undefined, 1)}\n`
      : textOf(sheets, left),
  );
}

await main();
