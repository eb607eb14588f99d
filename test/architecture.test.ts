import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verifies } from './verifies.ts';
import { importsOf, readImports } from './guards/imports.ts';
import { ROOT } from './guards/proofs-reporter.ts';

/** The arrows between the rooms, held against the imports as they are written. */
const edges = readImports([
  'schemas/src/**/*.ts',
  'scaffolds/**/*.ts',
  'hub/src/**/*.ts',
  'servers/*/src/**/*.ts',
  'clients/**/*.ts',
]);
const show = (list: typeof edges) => list.map(({ from, to }) => `${from} → ${to}`);

const LAYERS: readonly (readonly [name: string, own: RegExp, allowed: RegExp])[] = [
  ['schemas', /^schemas\//, /^schemas\//],
  ['the kit', /^scaffolds\/kit\//, /^(?:scaffolds\/kit|schemas)\//],
  ['scaffolds', /^scaffolds\/(?!kit\/)/, /^(?:scaffolds|schemas)\//],
  ['the hub', /^hub\//, /^(?:hub|scaffolds|schemas)\//],
  ['clients', /^clients\//, /^clients\//],
];

test.each(LAYERS)('%s imports only what stands below it', (_, own, allowed) => {
  const breaches = edges.filter(
    ({ from, to, kind }) => kind === 'ours' && own.test(from) && !allowed.test(to),
  );
  expect(show(breaches)).toEqual([]);
});

test('a server imports its own files, the kit and zod, nothing else', () => {
  const breaches = edges.filter(({ from, to }) => {
    const home = /^servers\/[^/]+\//.exec(from)?.[0];
    return home !== undefined && !to.startsWith(home) && !to.startsWith('scaffolds/kit/') && to !== 'zod';
  });
  expect(show(breaches)).toEqual([]);
});

/** Rooms of the hub by row: a room imports rows below its own. `composition` is what knows every room. */
const ROWS: readonly (readonly string[])[] = [
  ['kernel'],
  ['store'],
  ['versions'],
  [
    'access',
    'approvals',
    'audit',
    'broker',
    'builder',
    'catalog',
    'checks',
    'code',
    'config',
    'inbox',
    'interop',
    'notify',
    'oauth',
    'metrics',
    'orchestrator',
    'policy',
    'prompts',
    'registry',
    'sandbox',
    'search',
    'supervisor',
    'tracing',
    'upstream',
    'vault',
  ],
  ['builds', 'chat', 'drift', 'flows', 'gateway', 'http', 'mirrors'],
  ['cli', 'fleet', 'composition'],
];
const rowOf = (room: string) => ROWS.findIndex((row) => row.includes(room));
const roomOf = (path: string) => /^hub\/src\/([^/]+)\//.exec(path)?.[1] ?? 'composition';

test('every room of the hub has its row', () => {
  const rooms = new Set(
    edges.filter(({ from }) => from.startsWith('hub/src/')).map(({ from }) => roomOf(from)),
  );
  expect([...rooms].filter((room) => rowOf(room) < 0)).toEqual([]);
});

test('a room of the hub imports rooms of lower rows only; rooms of one row meet through the ports', () => {
  const breaches = edges.filter(({ from, to, kind }) => {
    if (kind !== 'ours' || !from.startsWith('hub/src/') || !to.startsWith('hub/src/')) return false;
    const [own, other] = [roomOf(from), roomOf(to)];
    return own !== other && rowOf(own) <= rowOf(other) && rowOf(own) !== ROWS.length - 1;
  });
  expect(show(breaches)).toEqual([]);
});

test('metrics are made in one room; the orchestrator knows neither them nor where its configuration comes from', () => {
  verifies('F25');
  const breaches = edges.filter(({ from, to }) =>
    from.startsWith('hub/src/orchestrator/')
      ? /^hub\/src\/(?:metrics\/|config\/|env)/.test(to)
      : to === 'hub/src/metrics/metric.ts' && !from.startsWith('hub/src/metrics/'),
  );
  expect(show(breaches)).toEqual([]);
});

test('no file imports itself through others, not for a type either', () => {
  let left = edges.filter(({ kind, isLate }) => kind === 'ours' && !isLate);
  for (let before = Infinity; left.length < before;) {
    before = left.length;
    const importing = new Set(left.map(({ from }) => from));
    const imported = new Set(left.map(({ to }) => to));
    // What imports nothing more, or is imported by nothing more, stands in no circle.
    left = left.filter(({ from, to }) => importing.has(to) && imported.has(from));
  }
  expect(show(left)).toEqual([]);
});

/** One library, one room: where each may be imported. Anything else stands wherever it is a dependency. */
const LIBRARIES: readonly (readonly [library: RegExp, homes: RegExp])[] = [
  [/^@modelcontextprotocol\//, /^hub\/src\/(?:gateway|upstream)\/|^scaffolds\/kit\//],
  [/^(?:libsql|kysely)$/, /^hub\/src\/store\//],
  [/^openai$/, /^test\//],
  [/^openworkflow$/, /^hub\/src\/builds\//],
  [/^(?:acorn|amaro|eslint-scope)$/, /^hub\/src\/checks\//],
  [/^(?:dockerode)$/, /^hub\/src\/sandbox\//],
  [/^(?:hono|@hono\/node-server)$/, /^hub\/src\/http\/|^scaffolds\/mirror\//],
  [/^oauth4webapi$/, /^hub\/src\/oauth\//],
  [/^commander$/, /^hub\/src\/cli\//],
  [/^chokidar$/, /^hub\/src\/(?:registry|config)\//],
  [/^(?:quickjs-emscripten-core|@jitl\/.*)$/, /^hub\/src\/code\/sandbox\//],
  [/^pino$/, /^hub\/src\/kernel\//],
  [/^pg$/, /^scaffolds\/kit\/src\/database\/engines\/postgresql\.ts$/],
  [/^mysql2/, /^scaffolds\/kit\/src\/database\/engines\/mysql\.ts$/],
  [/^tsup$/, /^scaffolds\/server\//],
  [/^graphql$/, /^scaffolds\/(?:readers|mirror)\/graphql\//],
  [/^@scalar\//, /^scaffolds\/readers\/openapi\//],
];

test.each(LIBRARIES)('%s is imported in its own rooms only', (library, homes) => {
  const breaches = edges.filter(
    ({ from, to, kind }) => kind === 'package' && library.test(to) && !homes.test(from),
  );
  expect(show(breaches)).toEqual([]);
});

const codeOf = (file: string): string =>
  readFileSync(`${ROOT}${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

test('the hub takes node:http as a value: an import of it loads Node’s fetch, and 12 MB with it', () => {
  const reading = /^import (?!type\b)[^;]*from 'node:https?'|\bimport\('node:https?'\)/m;
  const files = globSync('hub/src/**/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  expect(files.filter((file) => reading.test(codeOf(file)))).toEqual([]);
});

/** Contracts of single requests, commands and rooms. */
const LATE_CONTRACTS =
  /^schemas\/src\/(?:mcp\.|blueprint\/(?!facets)|chat\/(?:api\/|conversation|eval)|flows\/(?:flow|prompt)|hub\/(?:api|hook|permissions)\.|mirror\/(?:api|behaviour|contract-diff|fault|memory|scenario|translation)\.|builds\/(?:build|review|verify)\.)/;

/** What only those need who chat, search, sign in to services, or watch over servers behind walls. */
const LATE_ROOMS =
  /^(?:hub\/src\/(?:chat|orchestrator\/(?:routing|conversations)|search\/(?:tool-index|meaning))|scaffolds\/kit\/src\/(?:credentials|interpret|tokens)\/)/;

test('a hub loads nothing at its start that only some requests need: it would be kept for good', () => {
  const loaded = loadedBy(['hub/src/cli/commands/hub/start.ts', 'hub/src/hub.ts']);
  expect(loaded.filter((file) => LATE_CONTRACTS.test(file) || LATE_ROOMS.test(file))).toEqual([]);
  expect(loaded).toContain('schemas/src/hub/config.ts');
});

/** Files of ours that are there once these are, in the order they are met. */
function loadedBy(first: readonly string[]): string[] {
  const files = new Set(first);
  for (const file of files) {
    const text = readFileSync(`${ROOT}${file}`, 'utf8').replace(/^(?:import|export) type\b[^;]*;/gm, '');
    for (const { to, kind, isLate } of importsOf(file, text))
      if (kind === 'ours' && !isLate && to.endsWith('.ts')) files.add(to);
  }
  return [...files];
}

/** How a request could get to a server, whose own room is not meant, and the only files that may do it. */
const WAYS_TO_A_SERVER: readonly (readonly [way: string, code: RegExp, files: readonly string[]])[] = [
  ['forwarding a request', /(?<!\b(?:this|course|#?gate))\.forward\(/, ['gateway/relay/tool-gate.ts']],
  ['a request of the hub itself', /\bupstream\??\.request\(/i, []],
  [
    'the method by its name',
    /['"`]tools\/call['"`]/,
    [
      'builder/verify/stdio-session.ts', // a package that is being made, against its mirror: no server of the hub yet
      'composition/admin/admin-service.ts', // in the error about a server's refusal
      'gateway/modern/headers.ts',
      'gateway/relay/targets.ts',
      'gateway/relay/tool-calls.ts',
      'gateway/relay/tool-gate.ts',
      'metrics/metrics.ts', // a label
    ],
  ],
];

test.each(WAYS_TO_A_SERVER)('no tool is called past the gate: %s', (_, code, allowed) => {
  const files = globSync('hub/src/**/*.ts', { cwd: ROOT })
    .map((file) => file.slice('hub/src/'.length))
    .filter((file) => !file.startsWith('upstream/') && !file.endsWith('.test.ts'));
  expect(files.filter((file) => code.test(codeOf(`hub/src/${file}`))).toSorted()).toEqual(allowed);
});

test('the core names no server: adding one changes no file of it', () => {
  const servers = globSync('servers/*/manifest.json', { cwd: ROOT }).map(
    (file) => file.split(/[\\/]/)[1] ?? '',
  );
  const core = globSync(['hub/src/**/*.ts', 'scaffolds/**/*.ts', 'schemas/src/**/*.ts'], {
    cwd: ROOT,
    exclude: (path) => /golden|node_modules/.test(path),
  });
  const naming = core
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const code = codeOf(file);
      return servers
        .filter((id) => new RegExp(`(['"\`])${id}\\1|servers/${id}\\b`).test(code))
        .map((id) => `${file} names ${id}`);
    });
  expect(naming).toEqual([]);
});

test('the guard sees every form of import', () => {
  const text = [
    `import { a } from '../b.ts';`,
    `import type {\n  C,\n} from "@counterpart/schemas";`,
    `import './side.ts';`,
    `export { x } from 'libsql';`,
    `const y = await import('@counterpart/scaffolds/mirror/serve');`,
  ].join('\n');
  expect(importsOf('hub/src/gateway/x.ts', text).map(({ to }) => to)).toEqual([
    'hub/src/b.ts',
    'schemas/src/index.ts',
    'hub/src/gateway/side.ts',
    'libsql',
    'scaffolds/mirror/serve.ts',
  ]);
});
