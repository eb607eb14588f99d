import type { Json, JsonObject } from '@counterpart/schemas';
import { upgradeFromTwoToThree } from '@scalar/openapi-upgrader/2.0-to-3.0';
import { isObject, listMember, member, objectMember, textMember } from './json-tree.ts';
import { isJsonType } from '../operation/media-types.ts';
import { Unusable } from '../document/omissions.ts';
import type { Located } from '../document/references.ts';

/**
 * Swagger 2.0 parts in OpenAPI 3 form. The upgrader gets one part at a time, references already followed, so that a part
 * it cannot take costs that part only, and pointers stay those of the document as written.
 */
function upgradeOperation(operation: Record<string, Json>, at: string): JsonObject {
  try {
    const document: unknown = upgradeFromTwoToThree(
      structuredClone({ swagger: '2.0', paths: { '/': { get: operation } } }),
    );
    return isObject(document) ? objectMember(objectMember(objectMember(document, 'paths'), '/'), 'get') : {};
  } catch (error) {
    throw new Unusable('operation-invalid', at, error instanceof Error ? error.message : String(error));
  }
}

/** A path, query or header parameter in OpenAPI 3 form. Throws Unusable. */
export function upgradeParameter({ value, pointer }: Located<JsonObject>): JsonObject {
  // The upgrader knows no `tsv`; a style given beside it is kept.
  const style = member(value, 'collectionFormat') === 'tsv' ? { style: 'tabDelimited', explode: false } : {};
  const [upgraded] = listMember(
    upgradeOperation({ parameters: [{ ...value, ...style }] }, pointer),
    'parameters',
  );
  if (!isObject(upgraded)) throw new Unusable('parameter-unusable', pointer, 'cannot be read as a parameter');
  return upgraded;
}

/** The request body that `body` and `formData` parameters stand for. Throws Unusable. */
export function upgradeBody(
  parameters: readonly Located<JsonObject>[],
  consumes: readonly string[],
  at: string,
): JsonObject {
  const form = parameters
    .filter(({ value }) => member(value, 'in') === 'formData')
    .map(({ value }) => withFormat(value));
  const body = parameters.find(({ value }) => member(value, 'in') === 'body')?.value;
  const given = body === undefined ? form : [body];
  const mediaTypes =
    body === undefined ? formTypes(consumes, form) : consumes.length > 0 ? consumes : ['application/json'];
  const operation = upgradeOperation({ parameters: given, consumes: [...mediaTypes] }, at);
  const isRequired = given.some((parameter) => member(parameter, 'required') === true);
  return { ...objectMember(operation, 'requestBody'), required: isRequired };
}

/** Arrays in forms are comma-separated unless told otherwise, which the upgrader does only when it is said. */
function withFormat(parameter: JsonObject): JsonObject {
  if (member(parameter, 'type') !== 'array' || textMember(parameter, 'collectionFormat') !== undefined)
    return parameter;
  return { ...parameter, collectionFormat: 'csv' };
}

function formTypes(consumes: readonly string[], form: readonly JsonObject[]): readonly string[] {
  const hasFile = form.some((parameter) => member(parameter, 'type') === 'file');
  if (hasFile) return ['multipart/form-data'];
  const forms = consumes.filter((type) =>
    /^(?:multipart\/form-data|application\/x-www-form-urlencoded)/.test(type),
  );
  return forms.length > 0 ? forms : ['application/x-www-form-urlencoded'];
}

/** A response in OpenAPI 3 form: `schema` and `examples` under each media type that is produced. Throws Unusable. */
export function upgradeResponse(
  { value, pointer }: Located<JsonObject>,
  produces: readonly string[],
): JsonObject {
  const isFile = member(objectMember(value, 'schema'), 'type') === 'file';
  const declared = isFile ? produces.filter((type) => !isJsonType(type)) : produces;
  const types = declared.length > 0 ? declared : [isFile ? 'application/octet-stream' : 'application/json'];
  const operation = upgradeOperation({ responses: { default: value }, produces: [...types] }, pointer);
  return objectMember(objectMember(operation, 'responses'), 'default');
}

/** A security scheme in OpenAPI 3 form; undefined when it is not one. */
export function upgradeScheme(scheme: JsonObject): JsonObject | undefined {
  try {
    const document: unknown = upgradeFromTwoToThree(
      structuredClone({ swagger: '2.0', paths: {}, securityDefinitions: { scheme } }),
    );
    const components = isObject(document) ? objectMember(document, 'components') : {};
    return objectMember(objectMember(components, 'securitySchemes'), 'scheme');
  } catch {
    return undefined;
  }
}
