/** The little of the library's interface that is used, here and by the hub; it brings no types of its own. */
declare module 'ws' {
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  export interface ServerSocket {
    send(text: string): void;
    close(code: number, reason: string): void;
    terminate(): void;
    ping(): void;
    readonly readyState: number;
    readonly OPEN: number;
    on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
    on(event: 'close' | 'pong', listener: () => void): void;
    on(event: 'error', listener: (cause: Error) => void): void;
    once(event: 'close', listener: () => void): void;
  }

  export class WebSocketServer {
    constructor(options: {
      noServer: true;
      maxPayload: number;
      clientTracking?: boolean;
      perMessageDeflate?: boolean;
      handleProtocols?: (protocols: ReadonlySet<string>) => string | false;
    });
    readonly clients: ReadonlySet<ServerSocket>;
    /** Of each answer that takes a client: further lines of its head may be added. */
    on(event: 'headers', listener: (lines: string[], request: IncomingMessage) => void): this;
    handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      done: (socket: ServerSocket) => void,
    ): void;
  }
}
