/**
 * node:http as a value. An `import` of it would read each of its exports, and one of them, `WebSocket`, loads all of Node's
 * fetch: 12 MB and 15 ms that a shim never uses.
 */
export const nodeHttp = process.getBuiltinModule('node:http');
