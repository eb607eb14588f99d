/** Bytes of one string of an entry, as it is written; a longer one is passed over as it comes by. */
export const MAX_STRING_BYTES = 4 * 1024 * 1024;
/** Bytes of one entry without its too long strings; a larger one is counted and left out. */
export const MAX_ENTRY_BYTES = 24 * 1024 * 1024;
/** Bytes kept of what stands around the entries. */
export const MAX_HEAD_BYTES = 256 * 1024;
/** Characters of bodies held at once; later bodies are left out, their requests are not. */
export const MAX_HELD_CHARS = 48 * 1024 * 1024;
/** Bodies held of one method and path; types have long settled by then. */
export const MAX_BODIES_OF_PATH = 40;
/** Exchanges held; a recording of more is read to its end and told of. */
export const MAX_EXCHANGES = 200_000;
/** Values nested deeper than this become open. */
export const MAX_VALUE_DEPTH = 32;
/** Members one object schema may have; an object of more is a map. */
export const MAX_MEMBERS = 400;
/** Items of one list that are looked at. */
export const MAX_ITEMS = 500;
/** Characters an example of an answer may have; lists are shortened to fit. */
export const MAX_EXAMPLE_CHARS = 24_000;
