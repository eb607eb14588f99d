/** What a collection of format 2 names, the first drafts of it too: the schema, in JSON's spelling or another. */
const SCHEMA = /schema\.getpostman\.com\\?\/(?:json\\?\/)?(?:collection\\?\/v2|#2\.)/;

/** The first format names no schema; its requests stand in one list and say which collection they are of. */
const VERSION_1 = /"requests"\s*:\s*\[/;

/** True for the text of a Postman collection: of format 2.0 or 2.1, which names its schema, or of the first. */
export const isPostman = (text: string): boolean =>
  /^[\s\uFEFF]*\{/.test(text) &&
  (SCHEMA.test(text) || (VERSION_1.test(text) && /"collectionId"\s*:|"dataMode"\s*:/.test(text)));
