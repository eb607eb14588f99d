import { buildServer } from '../../hub/src/builder/build.ts';

/** Builds, and dies the hardest way as soon as the named stage begins. */
const [from = '', serversDir = '', stage = '', delayMs = '0'] = process.argv.slice(2);

const die = (): void => process.kill(process.pid, 'SIGKILL') && undefined;

await buildServer({
  from,
  serversDir,
  onProgress: (progress) => {
    if (progress.stage === stage) setTimeout(die, Number(delayMs));
  },
});
