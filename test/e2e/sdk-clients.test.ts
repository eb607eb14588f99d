import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { writeSdk } from '@counterpart/scaffolds/sdk/write';
import { ServerId, type Blueprint } from '@counterpart/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startRecorder } from '../fixtures/wire/recorder.ts';
import { wireCases, wireDescription, withoutBoundary } from '../fixtures/wire/wire-description.ts';
import { verifies } from '../verifies.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { description, hasDescriptions, openWorkspace, type Workspace } from './builder-workspace.ts';
import { createTestHome } from './cli-runner.ts';

const run = promisify(execFile);
const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).status === 0;
const withoutPython = hasPython ? '' : ' (skipped: Python 3.11 is absent)';
const withoutDescriptions = hasDescriptions ? '' : ' (skipped: ../shared/specs is absent)';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await openWorkspace();
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
});

const blueprintOf = async (value: object, id: string): Promise<Blueprint> => {
  const source = { text: JSON.stringify(value), location: `${id}.json`, sha256: `sha256-${'0'.repeat(64)}` };
  return (await readOpenApi(source, { id: ServerId.parse(id) })).blueprint;
};

const pets = {
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1' },
  servers: [{ url: 'https://pets.test' }],
  security: [{ key: [] }],
  paths: {
    '/pets': {
      post: {
        operationId: 'createPet',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
        },
        responses: {
          '201': {
            description: 'Made.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
          },
        },
      },
    },
    '/pets/{pet-id}': {
      delete: {
        operationId: 'deletePet',
        parameters: [{ name: 'pet-id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: { '204': { description: 'Gone.' } },
      },
      get: {
        operationId: 'getPet',
        description: '*/ throw new Error("executed") /* """ + executed + """',
        parameters: [{ name: 'pet-id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: {
          '200': {
            description: 'It.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } },
    schemas: {
      Pet: {
        type: 'object',
        required: ['name'],
        properties: {
          id: { type: 'integer', readOnly: true },
          name: { type: 'string' },
          parent: { $ref: '#/components/schemas/Pet' },
        },
      },
    },
  },
};

describe('the TypeScript client', () => {
  test('calls the service with its credentials, refuses what the service would, and knows a refusal', async () => {
    verifies('N23', 'M50');
    const blueprint = await blueprintOf(pets, 'pets');
    const mirror = await startMirror(blueprint, { strictAuth: true });
    try {
      const { directory } = await writeSdk(blueprint, {
        kind: 'typescript',
        directory: join(workspace.dir, 'pets-ts'),
      });
      const program = `
        import { Client, InputError, ServiceError } from ${JSON.stringify(pathToFileURL(join(directory, 'index.ts')).href)};
        const client = new Client({ settings: { PETS_BASE_URL: ${JSON.stringify(mirror.url)}, PETS_API_KEY: 'k' } });
        const made = await client.createPet({ body: { name: 'Rex' } });
        const bad = await client.createPet({ body: {} }).catch((error) => error instanceof InputError ? error.problems : error);
        const keyless = new Client({ settings: { PETS_BASE_URL: ${JSON.stringify(mirror.url)} } });
        const refused = await keyless.getPet({ pet_id: 5 }).catch((error) => error.message);
        const read = await client.getPet({ pet_id: made.id });
        await client.deletePet({ pet_id: made.id });
        const gone = await client.getPet({ pet_id: made.id }).catch((error) => error instanceof ServiceError ? error.status : error);
        console.log(JSON.stringify({ made: made.name, read: read.name, bad, refused, gone }));`;
      writeFileSync(
        join(directory, 'program.ts'),
        program.replaceAll('pet_id', JSON.stringify(keyOf(blueprint))),
      );
      const { stdout } = await run(process.execPath, [join(directory, 'program.ts')]);
      expect(JSON.parse(stdout)).toMatchObject({ made: 'Rex', read: 'Rex', gone: 404 });
      expect(stdout).toContain('PETS_API_KEY');
      expect(stdout).toContain('name');
    } finally {
      await mirror.close();
    }
  });

  test.skipIf(!hasDescriptions)(
    `is accepted by the strict compiler for real descriptions${withoutDescriptions}`,
    async () => {
      const files = ['figma.yaml', 'github.json', 'twilio-2010.json', 'xero-accounting.yaml'];
      const folder = join(workspace.dir, 'checked');
      for (const file of files) {
        const id = ServerId.parse(file.split('.')[0]);
        const { blueprint } = await readOpenApi(await loadSource(description(file)), { id });
        await writeSdk(blueprint, { kind: 'typescript', directory: join(folder, id) });
      }
      mkdirSync(folder, { recursive: true });
      const options = {
        extends: join(ROOT, 'tsconfig.base.json'),
        compilerOptions: { noEmit: true },
        include: ['*/index.ts'],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
      const checked = await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder]).catch(
        (error: unknown) => error,
      );
      expect(checked).toMatchObject({ stdout: '' });
    },
    180_000,
  );
});

describe.skipIf(!hasPython)(`the Python client${withoutPython}`, () => {
  const python = async (directory: string, program: string): Promise<string> => {
    writeFileSync(join(directory, 'program.py'), program);
    const { stdout } = await run('python3', [join(directory, 'program.py')], { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  };

  test('calls the service with its credentials and knows a refusal', async () => {
    verifies('N23');
    const blueprint = await blueprintOf(pets, 'pets');
    const mirror = await startMirror(blueprint, { strictAuth: true });
    try {
      const { directory } = await writeSdk(blueprint, {
        kind: 'python',
        directory: join(workspace.dir, 'pets-py'),
      });
      const stdout = await python(
        directory,
        `
import json
from pets import Client, InputError, ServiceError
client = Client({"PETS_BASE_URL": ${JSON.stringify(mirror.url)}, "PETS_API_KEY": "k"})
made = client.create_pet(body={"name": "Rex"})
try:
    Client({"PETS_BASE_URL": ${JSON.stringify(mirror.url)}}).get_pet(pet_id=5)
except InputError as error:
    refused = str(error)
read = client.get_pet(pet_id=made["id"])
client.delete_pet(pet_id=made["id"])
try:
    client.get_pet(pet_id=made["id"])
except ServiceError as error:
    gone = error.status
print(json.dumps({"made": made["name"], "read": read["name"], "refused": refused, "gone": gone}))`,
      );
      expect(JSON.parse(stdout)).toMatchObject({ made: 'Rex', read: 'Rex', gone: 404 });
      expect(stdout).toContain('PETS_API_KEY');
    } finally {
      await mirror.close();
    }
  });

  test('puts on the wire what the kit does, byte for byte, in every case of the table', async () => {
    const blueprint = await blueprintOf(wireDescription, 'wire');
    const { directory } = await writeSdk(blueprint, {
      kind: 'python',
      directory: join(workspace.dir, 'wire-py'),
    });
    const byCase = new Map(
      blueprint.operations.map(({ name, source }) => [source.operationId ?? '', name] as const),
    );
    const calls = wireCases.map(({ args }, index) => [byCase.get(`case_${index}`), args]);
    writeFileSync(join(directory, 'calls.json'), JSON.stringify(calls));
    const recorder = await startRecorder();
    try {
      const stdout = await python(
        directory,
        `
import json, pathlib
from wire import Client
client = Client({"WIRE_BASE_URL": ${JSON.stringify(recorder.url)}})
for name, arguments in json.loads(pathlib.Path(__file__).with_name("calls.json").read_text("utf-8")):
    client._service.call(name, arguments)
print("done")`,
      );
      expect(stdout).toBe('done\n');
      const sent = recorder
        .take()
        .map((request) => ({ target: request.target, ...withoutBoundary(request) }));
      const differing = wireCases.flatMap((one, index) => {
        const request = sent[index];
        const headers = Object.fromEntries(
          Object.keys(one.headers ?? {}).map((name) => [name, request?.headers[name]] as const),
        );
        const got = { target: request?.target, headers, body: request?.body };
        const wanted = {
          target: `/case-${index}${one.target}`,
          headers: one.headers ?? {},
          body: one.body ?? '',
        };
        return JSON.stringify(got) === JSON.stringify(wanted) ? [] : [{ name: one.name, got, wanted }];
      });
      expect(differing).toEqual([]);
    } finally {
      await recorder.close();
    }
  });

  test.skipIf(!hasDescriptions)(
    `is compiled and imported for large descriptions${withoutDescriptions}`,
    async () => {
      for (const file of ['k8s-v2.json', 'stripe.json']) {
        const id = ServerId.parse(file.split('.')[0]);
        const { blueprint } = await readOpenApi(await loadSource(description(file)), { id });
        const { directory } = await writeSdk(blueprint, {
          kind: 'python',
          directory: join(workspace.dir, `py-${id}`),
        });
        const folder = id.replaceAll('-', '_');
        const stdout = await python(
          directory,
          `import ${folder}\nprint(len([n for n in dir(${folder}.Client) if not n.startswith("_")]))`,
        );
        expect(Number(stdout)).toBe(blueprint.operations.length);
      }
    },
    120_000,
  );
});

describe('hub sdk', () => {
  const Written = z.looseObject({ kind: z.string(), files: z.array(z.string()), operations: z.number() });

  test('writes a page that runs nothing, and says which kinds there are', async () => {
    const home = createTestHome();
    try {
      const from = home.write('pets.json', JSON.stringify(pets));
      const out = home.path('page');
      const docs = await home.run(['sdk', from, '--lang', 'docs', '--out', out, '--json']);
      expect(docs.json(Written)).toMatchObject({ kind: 'docs', files: ['index.html'], operations: 3 });
      const page = await readFile(join(out, 'index.html'), 'utf8');
      expect(page).toContain('&#34;executed&#34;');
      expect(page).not.toMatch(/<script|\son\w+=|javascript:/i);
      const other = await home.run(['sdk', from, '--lang', 'cobol']);
      expect(other.code).not.toBe(0);
      expect(other.stderr).toContain('typescript, python, openapi or docs');
    } finally {
      await home.dispose();
    }
  });
});

/** Input key of the path parameter, as the reader named it. */
const keyOf = ({ operations }: Blueprint): string =>
  operations.flatMap(({ http }) => http.parameters).find(({ name }) => name === 'pet-id')?.key ?? '';
