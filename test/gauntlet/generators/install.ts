import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { folderOf, GENERATORS } from './generators.ts';

/** Installs the generators that the gauntlet compares with, each in a folder of its own outside of this repository. */
const [target] = process.argv.slice(2);
if (target === undefined) {
  console.error('Say where: npm run gauntlet:peers -- /tmp/generators');
  process.exit(2);
}
for (const generator of GENERATORS) {
  const folder = folderOf(resolve(target), generator);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{"private":true}');
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
  const { status } = spawnSync('npm', [...args, ...generator.packages], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const wanted = `${generator.name}@${generator.version}`;
  console.log(status === 0 ? `${wanted} is in ${folder}` : `${wanted} could not be installed`);
  if (status !== 0) process.exitCode = 1;
}
