// A process that waits to become a server: what every server needs is loaded, and nothing of any server is known. The hub
// writes one order to descriptor 3 and closes it; the environment, the folder and the program in it make this that server.
import { Socket } from 'node:net';
import { become } from './become.mjs';

const orders = new Socket({ fd: 3 });
/** @type {Buffer[]} */
const parts = [];
orders.on('data', (part) => parts.push(part));
orders.on('error', () => process.exit(0));
orders.on('end', () => {
  // Closed without a word: the hub is gone.
  if (parts.length === 0) process.exit(0);
  orders.destroy();
  // What it waited with is not the server's.
  for (const name of Object.keys(process.env)) delete process.env[name];
  void become(Buffer.concat(parts).toString('utf8'));
});
// Made when they are first looked at; a server looks at once.
void [process.stdin, process.stdout, process.stderr];
