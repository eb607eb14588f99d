/** A JSON tree as a parser hands it out. */
export type Tree = Record<string, unknown>;

/** True for a JSON object. */
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys of a path item that are operations (OpenAPI 3.2, Path Item Object). */
export const METHODS: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
]);
