import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GENERATED_FILES } from '@counterpart/scaffolds/server/write';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { buildServer } from '../../hub/src/builder/build.ts';
import { readInstalled } from '../../hub/src/builder/installed.ts';
import { validateServer } from '../../hub/src/builder/verify/validate.ts';
import { isWritten, planPackage } from '../../hub/src/builder/write-package.ts';

/**
 * Builds the example servers from their descriptions: `npm run examples`. With `--fresh` their versions
 * start at 1.0.0 again. With `--check` nothing is written: it fails when a build would change a file. The descriptions
 * are not part of the repository; without them the check builds from each server's blueprint.
 */
interface Example {
  readonly id: string;
  readonly description: string;
  readonly category: string;
  readonly include?: readonly string[];
}

const examples: readonly Example[] = [
  { id: 'museum', description: 'museum.yaml', category: 'culture' },
  { id: 'notion', description: 'notion.json', category: 'productivity' },
  { id: 'pokeapi', description: 'pokeapi.yml', category: 'reference' },
  {
    id: 'stripe',
    description: 'stripe.json',
    category: 'payments',
    include: ['/v1/balance', '/v1/charges', '/v1/customers', '/v1/payment_intents', '/v1/refunds'],
  },
];

const serversDir = fileURLToPath(new URL('../../servers', import.meta.url));
const descriptionsDir = fileURLToPath(new URL('../../../shared/specs/openapi', import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const buildOptions = (example: Example, into: string) => ({
  from: join(descriptionsDir, example.description),
  name: example.id,
  category: example.category,
  include: example.include,
  serversDir: into,
});

async function buildAll(isFresh: boolean): Promise<void> {
  for (const example of examples) {
    const generated = isFresh ? [...GENERATED_FILES, 'dist'] : [];
    for (const file of generated)
      await rm(join(serversDir, example.id, file), { recursive: true, force: true });
    const report = await buildServer(buildOptions(example, serversDir));
    say(`${report.id} ${report.version}: ${report.outcome}, ${report.tools.length} tools`);
    if (report.check?.callOutcome !== 'error') continue;
    say(`  ${report.check.called} failed against its mirror: ${report.check.detail}`);
    process.exitCode = 1;
  }
}

/** What a build of the example would change, in words; undefined: nothing. */
async function findDifference(example: Example): Promise<string | undefined> {
  const copyDir = await mkdtemp(join(tmpdir(), 'examples-'));
  try {
    const copy = join(copyDir, example.id);
    await cp(join(serversDir, example.id), copy, { recursive: true });
    const problems = await validateServer(copy);
    if (problems.length > 0) return problems.map(({ file, problem }) => `${file}: ${problem}`).join('\n');
    if (existsSync(descriptionsDir)) {
      const report = await buildServer(buildOptions(example, copyDir));
      return report.outcome === 'unchanged'
        ? undefined
        : `the description now builds version ${report.version}`;
    }
    return (await isRebuiltAlike(copy, join(serversDir, example.id)))
      ? undefined
      : 'the blueprint now gives other files';
  } finally {
    await rm(copyDir, { recursive: true, force: true });
  }
}

/** Plans in a copy, because hand-written tools are asked from a draft that is written there. */
async function isRebuiltAlike(copy: string, original: string): Promise<boolean> {
  const blueprint = Blueprint.parse(JSON.parse(await readFile(join(original, 'blueprint.json'), 'utf8')));
  const previous = await readInstalled(original, blueprint.id);
  const plan = await planPackage(copy, { blueprint, previous, category: previous?.category ?? '' });
  return isWritten(original, plan.files);
}

async function checkAll(): Promise<void> {
  for (const example of examples) {
    const difference = await findDifference(example);
    say(`${example.id}: ${difference ?? 'as built'}`);
    if (difference !== undefined) process.exitCode = 1;
  }
}

await (process.argv.includes('--check') ? checkAll() : buildAll(process.argv.includes('--fresh')));
