/** True for the catalog of a database, which says so in its first member. */
export const isCatalog = (text: string): boolean => /^\uFEFF?\s*\{\s*"databaseCatalog"\s*:\s*1\b/.test(text);
