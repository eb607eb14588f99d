import { expect, test } from 'vitest';
import { guestView, reasonToHide, type Files, type GuestCommand } from './guest-view.ts';

const filesOf = (paths: readonly string[], links: Readonly<Record<string, string>> = {}): Files => ({
  kindOf(path) {
    const real = links[path] ?? path;
    if (paths.includes(real)) return 'file';
    return paths.some((one) => one.startsWith(`${real}/`)) ? 'folder' : undefined;
  },
  realOf: (path) => links[path] ?? path,
});

const guest = (more: Partial<GuestCommand>): GuestCommand => ({
  command: 'node',
  args: [],
  cwd: '/home/ann/hub',
  isCwdNamed: false,
  searchPath: '/home/ann/.nvm/v24/bin:/usr/bin',
  userHome: '/home/ann',
  hubData: '/home/ann/hub/.hub',
  ...more,
});

test('a program of the system and an argument that is no path need nothing more', () => {
  const view = guestView(
    guest({ command: 'python3', args: ['-m', 'tools', 'http://x/y'] }),
    filesOf(['/usr/bin/python3']),
  );
  expect(view).toEqual({
    command: '/usr/bin/python3',
    args: ['-m', 'tools', 'http://x/y'],
    cwd: undefined,
    shown: [],
  });
});

test('a program that is a link into its installation has all of that', () => {
  const npx = '/home/ann/.nvm/v24/lib/node_modules/npm/bin/npx-cli.js';
  const files = filesOf([npx, '/home/ann/.nvm/v24/lib/node_modules/npm/package.json'], {
    '/home/ann/.nvm/v24/bin/npx': npx,
  });
  const view = guestView(guest({ command: 'npx', args: ['-y', '@scope/server'] }), files);
  expect(view).toMatchObject({ args: ['-y', '@scope/server'], shown: ['/home/ann/.nvm/v24'] });
});

test('a script has the package around it, by its absolute path; a named folder is itself', () => {
  const files = filesOf([
    '/usr/bin/node',
    '/home/ann/work/srv/package.json',
    '/home/ann/work/srv/dist/main.js',
    '/home/ann/docs/a.pdf',
  ]);
  const view = guestView(guest({ args: ['../work/srv/dist/main.js', '../docs'] }), files);
  expect(view).toMatchObject({
    args: ['/home/ann/work/srv/dist/main.js', '/home/ann/docs'],
    shown: ['/home/ann/work/srv', '/home/ann/docs'],
  });
});

test('a script that lies in the home of its user, or beside the data of the hub, is shown alone', () => {
  const files = filesOf([
    '/usr/bin/node',
    '/home/ann/tool.mjs',
    '/home/ann/package.json',
    '/home/ann/hub/own.mjs',
  ]);
  const view = guestView(guest({ args: ['/home/ann/tool.mjs', 'own.mjs'] }), files);
  expect(view?.shown).toEqual(['/home/ann/tool.mjs', '/home/ann/hub/own.mjs']);
});

test('programs of a user in one mixed folder do not bring that folder’s siblings along', () => {
  const files = filesOf(['/home/ann/.local/bin/uvx', '/home/ann/.local/share/keyrings/login']);
  const view = guestView(guest({ command: 'uvx', searchPath: '/home/ann/.local/bin' }), files);
  expect(view?.shown).toEqual(['/home/ann/.local/bin']);
});

test('a program that is nowhere has no view', () => {
  expect(guestView(guest({}), filesOf([]))).toBeUndefined();
});

test.each([
  ['/', "the hub's own data is there"],
  ['/home/ann/hub', "the hub's own data is there"],
  ['/home/ann/hub/.hub/vault', "the hub's own data is there"],
  ['/home/ann/hub/notes', undefined],
  ['/home/ann/hub/..hidden', undefined],
])('whether %s may be shown', (path, reason) => {
  expect(reasonToHide(path, guest({}))).toBe(reason);
});
