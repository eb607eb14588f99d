import { randomUUID } from 'node:crypto';

/** A random identifier, unique for all time. */
export const newId = (): string => randomUUID();
