import type { JsonObject, JsonSchema, Omission, Operation } from '@counterpart/schemas';
import { readOpenApi } from '../openapi/read.ts';
import { isObject, objectMember, textMember } from '../openapi/source/json-tree.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';

/** A service of another style, told as the OpenAPI document that says the same: one POST for each call. */
export interface Retold {
  readonly document: JsonObject;
  /** Where a part of the document stands in the source: a pointer of the source for one of the document. */
  readonly pointerOf: (pointer: string) => string;
  /** Found while retelling. */
  readonly omitted: readonly Omission[];
  /** What an operation is beyond its binding; `atTop`: the members of its body are its inputs. */
  readonly asCalled: (operation: Operation, atTop: boolean) => Partial<Operation>;
}

/**
 * Compiles a retold service: names, schemas, budgets and choices are those of the OpenAPI reader; the parameters of a call
 * stand at the top of its input. Rejects as that reader does.
 */
export async function readAsRest(
  { document, pointerOf, omitted, asCalled }: Retold,
  source: SourceText,
  options: ReadOptions,
): Promise<ReadResult> {
  const text = JSON.stringify(document);
  const { location, sha256 } = source;
  const { blueprint, total } = await readOpenApi({ text, location, sha256 }, options);
  // Lines are those of the retold document, which nobody has seen.
  const moved = <T extends { readonly source: Operation['source'] }>(one: T): T => {
    const { line: _line, ...place } = one.source;
    return { ...one, source: { ...place, pointer: pointerOf(place.pointer) } };
  };
  const operations = blueprint.operations.map((operation) => {
    const found = moved(operation);
    const lifted = withParametersAtTop(found, blueprint.types);
    return { ...lifted, ...asCalled(lifted, lifted !== found || found.http.body === undefined) };
  });
  return {
    total: total + omitted.filter(({ severity }) => severity === 'operation').length,
    blueprint: {
      ...blueprint,
      operations,
      omitted: [...omitted, ...blueprint.omitted.map((one) => renamed(moved(one)))],
    },
  };
}

/** A subject that is a pointer of the retold document becomes the place in the source. */
const renamed = (one: Omission): Omission =>
  one.subject.startsWith('#/') ? { ...one, subject: one.source.pointer } : one;

function resolved(schema: unknown, types: Readonly<Record<string, JsonSchema>>): JsonObject | undefined {
  if (!isObject(schema)) return undefined;
  const name = /^#\/\$defs\/([^/]+)$/.exec(textMember(schema, '$ref') ?? '')?.[1];
  if (name === undefined) return schema;
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  return isObject(type) ? type : undefined;
}

const COMBINATORS = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'if'];

const asObject = (schema: JsonSchema): JsonObject => (isObject(schema) ? schema : {});

/** The members of the body in the place of the body, unless it is something else than a plain object. */
function withParametersAtTop(operation: Operation, types: Readonly<Record<string, JsonSchema>>): Operation {
  const { http, pagination, examples } = operation;
  const input = asObject(operation.input);
  const body = resolved(objectMember(input, 'properties')['body'], types);
  if (http.body === undefined || body === undefined) return operation;
  const isPlain = COMBINATORS.every((keyword) => body[keyword] === undefined);
  if (!isPlain || body['properties'] === undefined) return operation;
  const { title: _title, description: _description, examples: _examples, ...top } = body;
  const lifted = (examples ?? []).flatMap((example) => {
    const given = example.input['body'];
    return isObject(given) ? [{ ...example, input: given }] : [];
  });
  const { examples: _given, ...rest } = operation;
  return {
    ...rest,
    input: { ...top, type: 'object' },
    ...(lifted.length === 0 ? {} : { examples: lifted }),
    ...(pagination === undefined
      ? {}
      : {
          pagination: {
            ...pagination,
            request: Object.fromEntries(
              Object.entries(pagination.request).flatMap(([part, name]) =>
                name === undefined ? [] : [[part, name.replace(/^body\./, '')]],
              ),
            ),
          },
        }),
  };
}
