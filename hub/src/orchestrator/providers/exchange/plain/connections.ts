import { connect, type Socket } from 'node:net';

/** Who uses a connection. */
export interface ConnectionUser {
  /** The first `length` bytes of what is there, which is only there during this call. */
  bytes(piece: Buffer, length: number): void;
  /** It is closed, for this reason where there is one. */
  lost(cause: Error | undefined): void;
}

const PIECE_BYTES = 64 * 1024;
/** Of one place, with nobody who uses them. */
const MOST_KEPT = 256;

/** Into which all connections are read: what is read is taken before the next is. */
let piece: Buffer | undefined;

/** A connection that is read without a stream: a piece of an answer costs one call. */
export class Connection {
  readonly socket: Socket;
  /** Whether it has served a question before. */
  isUsed = false;
  #user: ConnectionUser | undefined;
  #failure: Error | undefined;
  #isClosed = false;

  constructor(host: string, port: number) {
    const buffer = (piece ??= Buffer.allocUnsafeSlow(PIECE_BYTES));
    const callback = (length: number): boolean => {
      // Nobody asked for it.
      if (this.#user === undefined) this.socket.destroy();
      else this.#user.bytes(buffer, length);
      return true;
    };
    this.socket = connect({ host, port, noDelay: true, keepAlive: true, onread: { buffer, callback } });
    this.socket.once('error', (cause) => {
      this.#failure = cause;
    });
    this.socket.once('close', () => {
      this.#isClosed = true;
      this.#user?.lost(this.#failure);
    });
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && this.socket.writable && this.socket.readable;
  }

  /** From now on it is read by this one. */
  use(user: ConnectionUser | undefined): void {
    this.#user = user;
    if (this.#isClosed) user?.lost(this.#failure);
  }
}

/** Connections that wait for the next question, by place; the last that was used is taken first. */
export class KeptConnections {
  readonly #kept = new Map<string, Connection[]>();

  take(host: string, port: number): Connection {
    const kept = this.#kept.get(`${host} ${port}`);
    for (let last = kept?.pop(); last !== undefined; last = kept?.pop()) {
      if (!last.isOpen) continue;
      last.socket.setTimeout(0).removeAllListeners('timeout').ref();
      return last;
    }
    return this.open(host, port);
  }

  open(host: string, port: number): Connection {
    return new Connection(host, port);
  }

  /** Keeps it for so long, unless another one takes it. */
  keep(connection: Connection, host: string, port: number, idleMs: number): void {
    const place = `${host} ${port}`;
    const kept = (this.#kept.get(place) ?? []).filter(({ isOpen }) => isOpen);
    this.#kept.set(place, kept);
    connection.use(undefined);
    connection.isUsed = true;
    const { socket } = connection;
    if (idleMs === 0 || kept.length >= MOST_KEPT) return void socket.destroy();
    kept.push(connection);
    socket.setTimeout(idleMs, () => socket.destroy()).unref();
  }
}
