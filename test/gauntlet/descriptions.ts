import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/specs/openapi/', import.meta.url));

/** False where the real descriptions are not beside the repository; tests over them are skipped then. */
export const hasDescriptions = existsSync(folder);

/** Path of one of the real descriptions. */
export const descriptionFile = (name: string): string => folder + name;
