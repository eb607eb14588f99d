// A process that waits inside walls to become the server that they were put up for. Its standard input is all that leads
// there: the hub writes the length of an order in ten digits, the order, and then what the server is to read.
import { readSync } from 'node:fs';
import { become } from './become.mjs';

const LENGTH_DIGITS = 10;

// Made when they are first looked at; the input is not, as nothing may be read ahead of the server.
void [process.stdout, process.stderr];
await become(read(Number(read(LENGTH_DIGITS))));

/** @param {number} bytes */
function read(bytes) {
  const text = Buffer.alloc(bytes);
  for (let at = 0; at < bytes;) {
    const count = readSync(0, text, at, bytes - at, null);
    // Closed without a word: the hub is gone.
    if (count === 0) process.exit(0);
    at += count;
  }
  return text.toString('utf8');
}
