/** What a new hand-written server may begin as: without a service, over HTTP, over a database, over a socket. */
export const TEMPLATES = ['plain', 'api', 'data', 'socket'] as const;
export type Template = (typeof TEMPLATES)[number];
