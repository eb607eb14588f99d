// A process that waits to become a server: what every server needs is loaded, and nothing of any server is known. The hub
// writes one order to descriptor 3 and closes it; the environment, the folder and the program in it make this that server.
import 'node:crypto';
import 'node:fs/promises';
import 'node:http';
import 'node:https';
import nodeModule from 'node:module';
import { Socket } from 'node:net';
import 'node:string_decoder';
import { pathToFileURL } from 'node:url';
import 'node:zlib';

const orders = new Socket({ fd: 3 });
/** @type {Buffer[]} */
const parts = [];
orders.on('data', (part) => parts.push(part));
orders.on('error', () => process.exit(0));
orders.on('end', () => {
  // Closed without a word: the hub is gone.
  if (parts.length === 0) process.exit(0);
  orders.destroy();
  void become(Buffer.concat(parts).toString('utf8'));
});
// Made when they are first looked at; a server looks at once.
void [process.stdin, process.stdout, process.stderr];

/** @param {string} text  The order: arguments, the module first, and the folder and the environment it finds itself in. */
async function become(text) {
  const { args, cwd, env } = parseOrder(text);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.argv = [process.execPath, ...args];
  const cache = env.NODE_COMPILE_CACHE;
  if (cache !== undefined) nodeModule.enableCompileCache(cache);
  await import(pathToFileURL(args[0]).href);
}

/** @typedef {{ args: [string, ...string[]], cwd: string, env: Record<string, string> }} Order */

/** @param {string} text */
function parseOrder(text) {
  // The one place where the hub is taken at its word.
  return /** @type {Order} */ (JSON.parse(text));
}
