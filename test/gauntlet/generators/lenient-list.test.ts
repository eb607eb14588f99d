import { expect, test } from 'vitest';
import { runServer, type Program } from '../built-subject.ts';

/** Answers every request in one line; one of its two tools has a schema that is no object's, as some generators write. */
const SERVER = `
const tools = [
  { name: 'good', inputSchema: { type: 'object' } },
  { name: 'bad', inputSchema: { oneOf: [{ type: 'object' }] } },
];
const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }),
  'tools/list': () => ({ tools }),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = answers[method];
  const body = answer ? { result: answer(params) } : { error: { code: -32601, message: 'no such method' } };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...body }) + '\\n');
});
`;
const program: Program = { command: process.execPath, args: ['-e', SERVER], env: {} };

test('a list with one tool that breaks the protocol is refused as a whole, and read leniently for the sake of the others', async () => {
  await expect(runServer(program)).rejects.toThrow('Invalid result for tools/list');
  await using running = await runServer(program, true);
  expect(running.tools.map(({ name }) => name)).toEqual(['good', 'bad']);
});
