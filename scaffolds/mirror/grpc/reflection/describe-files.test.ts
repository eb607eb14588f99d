import { readFileSync, readdirSync } from 'node:fs';
import { ServerId, type GrpcFacet, type GrpcField } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { readSource } from '../../../readers/read.ts';
import { describeFiles } from './describe-files.ts';

const GOLDEN = new URL('../../../golden/grpc/', import.meta.url);

const blueprintOf = (name: string): Blueprint =>
  Blueprint.parse(JSON.parse(readFileSync(new URL(`${name}/expected.json`, GOLDEN), 'utf8')));

/** What whoever asks by reflection makes of it. */
async function readBack(blueprint: Blueprint): Promise<Blueprint> {
  const files = describeFiles(blueprint).map(({ bytes }) => bytes.toString('base64'));
  const source = {
    text: `{"grpcReflection":1,"files":${JSON.stringify(files)}}`,
    location: 'grpc://mirror.example',
    sha256: blueprint.source.sha256,
  };
  return (await readSource(source, { id: ServerId.parse('back'), whole: true })).blueprint;
}

const byNumber = (fields: readonly GrpcField[]): GrpcField[] =>
  fields.toSorted((a, b) => a.number - b.number);

/** Fields in the order of their numbers, without the order of the messages. */
const facetOf = ({ grpc = { messages: {}, enums: {} } }: Blueprint): GrpcFacet => ({
  enums: grpc.enums,
  messages: Object.fromEntries(
    Object.entries(grpc.messages).map(([name, fields]) => [name, byNumber(fields)]),
  ),
});

test.each(readdirSync(GOLDEN))(
  'a service that is asked what it speaks tells what was read: %s',
  async (name) => {
    const blueprint = blueprintOf(name);
    const back = await readBack(blueprint);
    expect(back.operations.map(({ grpc }) => grpc)).toEqual(blueprint.operations.map(({ grpc }) => grpc));
    // Groups are told; the library that reads descriptors makes messages of them.
    const isExact = !JSON.stringify(blueprint.grpc).includes('"group"');
    expect(isExact ? facetOf(back) : {}).toEqual(isExact ? facetOf(blueprint) : {});
    expect(back.omitted.filter(({ severity }) => severity !== 'notice')).toEqual([]);
  },
);

test('files stand for packages, and those of the well-known types have the names that clients know', () => {
  const files = describeFiles(blueprintOf('shop'));
  expect(files.map(({ name }) => name)).toContain('mirror/shop/v1.proto');
  const imported = files.flatMap(({ imports }) => imports);
  const names = new Set(files.map(({ name }) => name));
  expect(imported.filter((name) => !names.has(name))).toEqual([]);
  expect([...names].filter((name) => name.startsWith('google/protobuf/'))).not.toEqual([]);
});
