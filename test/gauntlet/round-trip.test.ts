import { readdirSync } from 'node:fs';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { toOpenApi } from '@counterpart/scaffolds/sdk/openapi';
import { ServerId, type Operation } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { description, descriptionsDir, hasDescriptions } from '../e2e/builder-workspace.ts';

const id = ServerId.parse('again');
const missing = hasDescriptions ? '' : ' (skipped: ../shared/specs is absent)';

/** All that decides what is on the wire, without the words. */
function wireOf({ http }: Operation) {
  const { method, path, parameters, body, accept, responses } = http;
  return {
    method,
    path,
    parameters,
    body: body?.contents.map(({ kind, mediaType, encoding, names }) => ({
      kind,
      mediaType,
      encoding,
      names,
    })),
    renames: body?.renames,
    accept,
    answers: responses.map(({ status, contents }) => [status, contents.map(({ mediaType }) => mediaType)]),
  };
}

describe.skipIf(!hasDescriptions)(`a blueprint written as OpenAPI and read again${missing}`, () => {
  test.each(hasDescriptions ? readdirSync(descriptionsDir).sort() : [])(
    '%s makes the same requests',
    async (file) => {
      const source = await loadSource(description(file));
      const { blueprint } = await readOpenApi(source, { id });
      const text = JSON.stringify(toOpenApi(blueprint));
      const again = (await readOpenApi({ ...source, text }, { id })).blueprint;
      const byName = new Map(again.operations.map((one) => [one.source.operationId, wireOf(one)]));
      const differing = blueprint.operations.filter(
        (one) => JSON.stringify(byName.get(one.name)) !== JSON.stringify(wireOf(one)),
      );
      expect(differing.map(({ name }) => name)).toEqual([]);
      expect(Object.keys(again.types).length).toBe(Object.keys(blueprint.types).length);
    },
  );
});
