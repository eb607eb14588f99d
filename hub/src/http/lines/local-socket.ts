import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:net';
import { dirname } from 'node:path';

/** A second place where an HTTP server is reached: a socket in a folder of its user's, which costs half of one on loopback. */
export interface LocalSocket {
  readonly path: string;
  /** Takes no new connection; resolves when those it has are gone. */
  close(): Promise<void>;
}

/**
 * Serves connections to a Unix domain socket as if they had come to the port of `server`, with all of its checks. What a killed
 * hub left at `path` is taken away: only who has the data folder may call this. Rejects where no socket can be, such as
 * under a path of more than some hundred bytes.
 */
export async function listenLocally(server: Server, path: string): Promise<LocalSocket> {
  if (process.platform === 'win32') throw new Error('this system has no sockets in folders');
  // The folder keeps others out from the first moment on, whatever mode a socket is made with.
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isOwn(folder)) throw new Error(`${folder} is no folder of this user's own`);
  chmodSync(folder, 0o700);
  rmSync(path, { force: true });
  const local = createServer({ allowHalfOpen: true }, (socket) => void server.emit('connection', socket));
  await new Promise<void>((resolve, reject) => {
    local.once('error', reject);
    local.listen(path, resolve);
  });
  local.on('error', () => undefined);
  chmodSync(path, 0o600);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      local.close(() => resolve());
    });
    return closed;
  };
  return { path, close };
}

/** Whether a folder is this user's and nobody else can put another in its place: its owner may open it, and so may who made a link. */
function isOwn(folder: string): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && found.uid === process.getuid?.();
}
