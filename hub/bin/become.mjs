// What a process that waited does with its order, and what it has loaded by then: all that every server needs.
import 'node:crypto';
import 'node:fs/promises';
import 'node:http';
import 'node:https';
import nodeModule from 'node:module';
import 'node:net';
import 'node:string_decoder';
import { pathToFileURL } from 'node:url';
import 'node:zlib';

/** @typedef {{ args: [string, ...string[]], cwd: string, env: Record<string, string> }} Order */

/**
 * Begins the program of an order in this process; its environment is added to what is there.
 * @param {string} text  Arguments, the module first, and the folder and the environment it finds itself in.
 */
export async function become(text) {
  const { args, cwd, env } = parseOrder(text);
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.argv = [process.execPath, ...args];
  const cache = env.NODE_COMPILE_CACHE;
  if (cache !== undefined) nodeModule.enableCompileCache(cache);
  await import(pathToFileURL(args[0]).href);
}

/** @param {string} text */
function parseOrder(text) {
  // The one place where the hub is taken at its word.
  return /** @type {Order} */ (JSON.parse(text));
}
