import { readFileSync } from 'node:fs';
import { serveParts } from '@counterpart/scaffolds/mirror/alone/serve-parts';
import { MirrorSettings } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';

/** A mirror in a process of its own, as an exported one runs: `mirror-program.ts <blueprint.json>` prints its address. */
const blueprint = Blueprint.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const { url } = await serveParts(
  {
    name: blueprint.id,
    blueprint,
    settings: MirrorSettings.parse({}),
    memory: { memory: 1, faults: [] },
    scenarios: {},
    recordings: {},
  },
  { env: () => undefined },
);
process.stdout.write(`${url}\n`);
