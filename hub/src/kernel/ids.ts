import { randomUUID } from 'node:crypto';

/** A random identifier, unique for all time. */
export const newId = (): string => randomUUID();

/** Header by which a client, and whoever reads the log, names one request to `/v1`. */
export const REQUEST_ID = 'x-request-id';

/** Always a new one: what a client sends may stand in many requests. */
export const newRequestId = (): string => `req_${newId().replaceAll('-', '')}`;
