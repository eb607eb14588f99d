import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createConfigStore } from '../../hub/src/config/load.ts';
import type { ConfigStore } from '../../hub/src/config/store.ts';
import { createLog } from '../../hub/src/kernel/log.ts';
import { until } from '../fixtures/supervisor/rig.ts';

let folder: string;
let file: string;
let store: ConfigStore;
let heard: { readonly is: number; readonly was: number }[];
let refused: string[];
let unwatch = () => {};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
  file = join(folder, 'hub.config.json');
  store = createConfigStore(file);
  heard = [];
  refused = [];
});
afterEach(() => {
  unwatch();
  unwatch = () => {};
  rmSync(folder, { recursive: true });
});

const withPort = (port: number) => JSON.stringify({ listen: { port } });
const listen = () => {
  unwatch = store.watch({
    log: createLog({ level: 'silent' }),
    changed: (config, previous) => void heard.push({ is: config.listen.port, was: previous.listen.port }),
    rejected: ({ message }) => void refused.push(message),
  });
};
const read = (): unknown => JSON.parse(readFileSync(file, 'utf8'));

test('without a file the defaults hold', async () => {
  expect((await store.load()).listen.port).toBe(8001);
  expect(store.problem()).toBeUndefined();
});

test('a file that becomes invalid leaves the last valid configuration in place, and its problem is told', async () => {
  writeFileSync(file, withPort(1));
  await store.load();
  writeFileSync(file, '{"listen":{"port":"x"}}');
  await expect(store.load()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(store.current().listen.port).toBe(1);
  expect(store.problem()).toContain('→ at listen.port, line 1');
  writeFileSync(file, withPort(2));
  await store.load();
  expect([store.current().listen.port, store.problem()]).toEqual([2, undefined]);
});

test('a watched file is read again when it is written, replaced or removed', async () => {
  writeFileSync(file, withPort(1));
  await store.load();
  listen();
  writeFileSync(file, withPort(2));
  await until(() => heard.length === 1);
  writeFileSync(`${file}.tmp`, withPort(3));
  renameSync(`${file}.tmp`, file);
  await until(() => heard.length === 2);
  rmSync(file);
  await until(() => heard.length === 3);
  expect(heard).toEqual([
    { is: 2, was: 1 },
    { is: 3, was: 2 },
    { is: 8001, was: 3 },
  ]);
});

test('a watched file that becomes invalid calls nobody; the next valid one does', async () => {
  writeFileSync(file, withPort(1));
  await store.load();
  listen();
  writeFileSync(file, '{"listen": ');
  await until(() => store.problem() !== undefined);
  expect(heard).toEqual([]);
  writeFileSync(file, withPort(2));
  await until(() => heard.length > 0);
  expect(heard).toEqual([{ is: 2, was: 1 }]);
  expect(store.problem()).toBeUndefined();
});

test('a change between loading and watching is not missed, and one that changes nothing calls nobody', async () => {
  writeFileSync(file, withPort(1));
  await store.load();
  writeFileSync(file, withPort(2));
  listen();
  await until(() => heard.length === 1);
  writeFileSync(file, `// the same\n${withPort(2)}`);
  writeFileSync(join(folder, 'other.json'), '{}');
  writeFileSync(file, withPort(3));
  await until(() => heard.length === 2);
  expect(heard.at(-1)).toEqual({ is: 3, was: 2 });
});

test('an edit changes what it means to and leaves nothing else behind', async () => {
  writeFileSync(file, '{"$schema":"x","mcpServers":{"a":{"command":"a"}}}', { mode: 0o640 });
  await store.update((json) => {
    json['listen'] = { port: 5 };
  });
  expect(read()).toEqual({ $schema: 'x', mcpServers: { a: { command: 'a' } }, listen: { port: 5 } });
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder)).toEqual(['hub.config.json']);
  expect((await store.load()).listen.port).toBe(5);
});

test('an edit leaves comments and layout as they are', async () => {
  writeFileSync(file, '{ // mine\n  "listen": { "port": 4 }, // ours\n}\n');
  await store.update((json) => {
    json['dataDir'] = 'elsewhere';
  });
  expect(readFileSync(file, 'utf8')).toBe(
    '{ // mine\n  "listen": { "port": 4 }, // ours\n  "dataDir": "elsewhere"\n}\n',
  );
  expect(readdirSync(folder)).toEqual(['hub.config.json']);
});

test('an edit sees servers under their ids, whatever the file calls them', async () => {
  writeFileSync(file, '{"servers":{"My Server":{"command":"${workspaceFolder}/a"},"b":{"command":"b"}}}');
  await store.update((json) => {
    expect(json).toEqual({
      mcpServers: { 'my-server': { command: '${workspaceFolder}/a' }, b: { command: 'b' } },
    });
    json['mcpServers'] = { b: { command: 'b' } };
  });
  expect(read()).toEqual({ mcpServers: { b: { command: 'b' } } });
  expect(existsSync(`${file}.bak`)).toBe(true);
});

test('an edit that would make the file invalid is refused and writes nothing', async () => {
  writeFileSync(file, withPort(1));
  const edit = store.update((json) => {
    json['lisen'] = {};
  });
  await expect(edit).rejects.toThrow('did you mean "listen"?');
  expect(read()).toEqual({ listen: { port: 1 } });
});

test('an edit is refused when somebody else wrote meanwhile', async () => {
  writeFileSync(file, withPort(1));
  const edit = store.update((json) => {
    json['dataDir'] = 'd';
    writeFileSync(file, withPort(2));
  });
  await expect(edit).rejects.toMatchObject({ code: 'CONFIG_CONFLICT' });
  expect(read()).toEqual({ listen: { port: 2 } });
});

test('edits of one store follow one another, and a missing file is made', async () => {
  await Promise.all(
    ['a', 'b', 'c'].map((id) =>
      store.update((json) => {
        json['mcpServers'] = { ...Object(json['mcpServers']), [id]: { command: id } };
      }),
    ),
  );
  expect(Object.keys((await store.load()).mcpServers)).toEqual(['a', 'b', 'c']);
});

test('an edit through a link writes the file behind it', async () => {
  const real = join(folder, 'real.json');
  writeFileSync(real, '{}');
  symlinkSync(real, file);
  await store.update((json) => {
    json['dataDir'] = 'd';
  });
  expect(JSON.parse(readFileSync(real, 'utf8'))).toEqual({ dataDir: 'd' });
});
