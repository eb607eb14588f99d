import { once } from 'node:events';
import { fstatSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Duct } from './duct.ts';
import { spawnPiped } from './spawn-piped.ts';

const shell = (script: string) => spawnPiped({ command: '/bin/sh', args: ['-c', script], env: {} });

/** All that a process writes, read into a room of this size. */
async function all(
  { output, closed }: Awaited<ReturnType<typeof shell>>,
  roomBytes = 64 * 1024,
): Promise<string> {
  const room = Buffer.alloc(roomBytes);
  const parts: Buffer[] = [];
  await new Promise<void>((resolve) => {
    output.readInto({
      room: () => room,
      took: (length) => void parts.push(Buffer.from(room.subarray(0, length))),
      ended: resolve,
    });
  });
  await closed;
  return Buffer.concat(parts).toString();
}

test('all that a process writes arrives, from its first byte on, whenever it is read', async () => {
  const process = await shell('echo first; echo second');
  await once(process.child, 'exit');
  expect(await all(process)).toBe('first\nsecond\n');
});

test('a process that writes more than the system holds waits, and loses nothing', async () => {
  const text = await all(
    await shell(
      'i=0; while [ $i -lt 40000 ]; do echo "line $i of a long text that nobody reads yet"; i=$((i+1)); done',
    ),
  );
  const lines = text.trimEnd().split('\n');
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([
    40_000,
    'line 0 of a long text that nobody reads yet',
    'line 39999 of a long text that nobody reads yet',
  ]);
});

test('what came before anybody read is put into rooms of any size', async () => {
  expect(await all(await shell('printf 0123456789'), 3)).toBe('0123456789');
});

test('a child that outlives the process is read to its end', async () => {
  const process = await shell('(cat > /dev/null; echo late) <&0 & echo early');
  await once(process.child, 'exit');
  process.child.stdin.end();
  expect(await all(process)).toBe('early\nlate\n');
});

test('what nobody reads is thrown away when the process has ended', async () => {
  const process = await shell('echo nobody');
  await process.closed;
  expect(process.child.exitCode).toBe(0);
});

test('a program that does not exist is refused as the system does', async () => {
  await expect(spawnPiped({ command: '/no/such/program', args: [], env: {} })).rejects.toMatchObject({
    code: 'ENOENT',
  });
});

test('a process that writes a megabyte waits for nobody, as far as the system allows', async () => {
  const most = Number(readFileSync('/proc/sys/net/core/wmem_max', 'utf8'));
  const bytes = Math.min(1_000_000, most);
  const process = await shell(`head -c ${bytes} /dev/zero`);
  await once(process.child, 'exit');
  expect((await all(process)).length).toBe(bytes);
});

test('both ends close when there is no process after all', async () => {
  const duct = Duct.open();
  const theirs = duct?.theirs ?? -1;
  expect(fstatSync(theirs).isSocket()).toBe(true);
  duct?.drop();
  await duct?.closed;
  expect(() => fstatSync(theirs)).toThrow('EBADF');
});

test('where there are no sockets the output comes through a pipe', async () => {
  const echo = { command: '/bin/echo', args: ['piped'], env: {} };
  expect(await all(await spawnPiped(echo, () => undefined))).toBe('piped\n');
});

test('with too many files open a process does not begin, and nobody waits for it for ever', async () => {
  const fixture = fileURLToPath(
    new URL('../../../../../test/fixtures/supervisor/few-files.ts', import.meta.url),
  );
  const limited = await shell(`ulimit -n 64; exec '${globalThis.process.execPath}' '${fixture}'`);
  const outcomes = (await all(limited)).trim().split('\n');
  expect(outcomes).toHaveLength(13);
  expect(new Set(outcomes)).toEqual(new Set(['EMFILE', 'begun']));
  expect(outcomes.at(-1)).toBe('begun');
});
