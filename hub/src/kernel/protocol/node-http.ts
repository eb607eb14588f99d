/**
 * node:http as a value. An `import` of it would read each of its exports, and one of them, `WebSocket`, loads all of Node's
 * fetch: 12 MB that a hub never uses.
 */
export const nodeHttp = process.getBuiltinModule('node:http');

/** node:https, loaded by the first that needs it: 6 MB of TLS that a hub of local servers does without. */
export const nodeHttps = () => process.getBuiltinModule('node:https');
