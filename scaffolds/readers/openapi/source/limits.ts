/** Characters of a tool's description; clients cut or refuse longer ones (1,024 is the narrowest limit). */
export const DESCRIPTION_BUDGET = 1_000;
/** Characters of a parameter's or property's description. */
export const PARAMETER_DESCRIPTION_BUDGET = 300;
/** Schemas nested deeper than this become open. */
export const MAX_SCHEMA_DEPTH = 100;
/** Documents nested deeper than this, or with more values, are refused: recursion over them must be safe. */
export const MAX_DOCUMENT_DEPTH = 1_000;
export const MAX_DOCUMENT_NODES = 10_000_000;
/** Bytes of one tool's input schema with the types it needs. */
export const SOFT_SCHEMA_BYTES = 24 * 1024;
export const HARD_SCHEMA_BYTES = 100 * 1024;
/** Examples kept of one answer, and the characters one may have. */
export const MAX_EXAMPLES = 3;
export const MAX_EXAMPLE_CHARS = 32_768;
/** Examples kept inside a schema are read by models, so they must be short. */
export const MAX_SCHEMA_EXAMPLE_CHARS = 400;
