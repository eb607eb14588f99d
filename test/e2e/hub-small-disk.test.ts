import { spawnSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { shop } from './builder-shop.ts';
import { createTestHome, HUB_BINARY } from './cli-runner.ts';

/** A hub on a real file system of a few megabytes, which bubblewrap mounts for one script and takes away with it. */

const place = createTestHome();
const DISK = 24 * 1024 * 1024;

afterAll(() => place.dispose());

/** Each step's exit code and what it said. */
function onSmallDisk(steps: readonly string[]) {
  const description = place.write('shop.json', shop());
  const next = place.write(
    'next.json',
    shop((it) => (it.info['title'] = 'Toy Shop of Next Year')),
  );
  const script = `
    hub() { "$NODE" "$HUB" "$@" --home "$DISK_HOME" 2>&1; }
    fill() { cat /dev/zero > "$DISK_HOME/fill" 2>/dev/null; truncate -s "-$1" "$DISK_HOME/fill"; }
    echo '{"listen":{"port":0}}' > "$DISK_HOME/hub.config.json"
    ${steps.map((step) => `said=$(${step}); printf '%s\\t%s\\0' "$?" "$said"`).join('\n')}
    hub stop > /dev/null`;
  const ran = spawnSync(
    'bwrap',
    ['--dev-bind', '/', '/', '--size', String(DISK), '--tmpfs', place.home, 'bash', '-c', script],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: place.user,
        NODE: process.execPath,
        HUB: HUB_BINARY,
        DISK_HOME: place.home,
        DESCRIPTION: description,
        NEXT: next,
      },
    },
  );
  return ran.stdout
    .split('\0')
    .slice(0, -1)
    .map((step) => {
      const [code = '', said = ''] = step.split('\t');
      return { code: Number(code), said };
    });
}

test('a hub that finds no room for its database says that the disk is full', () => {
  const [started] = onSmallDisk(['fill 300K; hub start']);
  expect(started).toMatchObject({ code: 5, said: expect.stringContaining('disk is full') as string });
});

test('on a full disk a build is refused whole, the version before goes on serving, and doctor names the disk', () => {
  const [built, aimed, , rebuilt, called, stored, examined, freed, again] = onSmallDisk([
    'hub start --detach && hub build --from "$DESCRIPTION" --name toys',
    'hub target toys mirror',
    'fill 60K',
    'hub build --from "$NEXT" --name toys',
    'hub call toys__list_toys',
    'fill 0; echo value | hub secret set TOYS_KEY --server toys --stdin',
    'hub doctor',
    'rm "$DISK_HOME/fill"; ls -A "$DISK_HOME/servers"',
    'hub build --from "$NEXT" --name toys',
  ]);
  expect([built, aimed]).toMatchObject([{ code: 0 }, { code: 0 }]);
  expect(rebuilt).toMatchObject({
    code: 5,
    said: expect.stringMatching(/Cannot write to \S+: the disk is full/) as string,
  });
  expect(called).toMatchObject({ code: 0, said: expect.stringContaining('name:') as string });
  expect(stored).toMatchObject({ code: 5, said: expect.stringContaining('disk is full') as string });
  expect(examined).toMatchObject({
    code: 5,
    said: expect.stringContaining('.hub: the disk is full') as string,
  });
  expect(freed?.said.split('\n').sort()).toEqual(['_registry.json', 'toys']);
  expect(again).toMatchObject({ code: 0, said: expect.stringContaining('1.0.1') as string });
});

test('what a command cannot write on a full disk is named, and nothing of its copy for undo is left', () => {
  const [connected, listed, left] = onSmallDisk([
    'echo "{}" > "$DISK_HOME/mcp.json"; hub list > /dev/null; fill 0; hub connect cursor --file "$DISK_HOME/mcp.json"',
    'cat "$DISK_HOME/mcp.json"',
    'ls "$DISK_HOME/.hub/backups"',
  ]);
  expect(connected).toMatchObject({
    code: 5,
    said: expect.stringMatching(/Cannot write to \S+mcp\.json: the disk is full/) as string,
  });
  expect([listed?.said, left?.said]).toEqual(['{}', '']);
});
