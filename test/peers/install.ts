import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LINE_PEERS, PEERS } from './peers.ts';

/** Installs the peers of benchmark and fidelity table at their pinned versions, each in a folder of its own outside of this repository. */
const [target] = process.argv.slice(2);
if (target === undefined) {
  console.error('Say where: npm run bench:peers -- /tmp/peers');
  process.exit(2);
}
for (const { name, pinned } of [...PEERS, ...LINE_PEERS]) {
  const folder = join(resolve(target), name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const wanted = `${pinned.package}@${pinned.version}`;
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, wanted];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(status === 0 ? `${wanted} is in ${folder}` : `${wanted} could not be installed`);
  if (status !== 0) process.exitCode = 1;
}
