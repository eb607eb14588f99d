const SCHEMA = 'schema.getpostman.com/json/collection/v2';

/** True for the text of a Postman collection of format 2.0 or 2.1, which names its schema. */
export const isPostman = (text: string): boolean =>
  /^[\s\uFEFF]*\{/.test(text) && (text.includes(SCHEMA) || text.includes(SCHEMA.replaceAll('/', '\\/')));
