import { findSandboxes } from '@counterpart/hub/sandbox/sandbox';

/** Opens a job that waits for ever, and walls for another where that can be; says that it runs, and waits to be killed. */
const [kind, mark = '', memoryBytes = ''] = process.argv.slice(2);
const { found } = (await findSandboxes(kind === 'docker' ? 'docker' : 'bubblewrap'))[0] ?? {};
if (found === undefined || typeof found === 'string') throw new Error(found ?? 'no sandbox');
await found.prepare?.({
  profile: 'serve',
  folders: [],
  args: ['/never/begun.js'],
  env: {},
  limits: { memoryBytes: Number(memoryBytes) },
});
const box = await found.open({
  profile: 'serve',
  folders: [],
  args: ['-e', 'console.log("up"); setInterval(() => {}, 1e3)', mark],
  env: {},
});
box.stdout.once('data', () => process.stdout.write('up'));
await box.ended;
