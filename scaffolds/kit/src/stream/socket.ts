import { ToolFailure } from '../failure.ts';
import { openWebSocket } from '../http/streamed.ts';
import { messageOf, notOpened, type Hear } from './hear.ts';

/** Headers that the handshake writes itself. */
const FRAMING = /^(?:content-|accept|connection$|host$|upgrade$|sec-)/i;
/** Characters of one message. */
const LONGEST_MESSAGE = 4 * 1024 * 1024;

function textOf(data: unknown): string {
  if (typeof data === 'string') return data;
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('base64') : '';
}

/** Opens a WebSocket, sends what there is, and hears messages; bytes come as base64 (RFC 6455). */
export const hearSocket: Hear = async ({ url, headers }, { send, next, signal }) => {
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !FRAMING.test(name)));
  const { socket, refused } = await openWebSocket(url, { headers: own });
  socket.binaryType = 'arraybuffer';
  let isOpen = false;
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
      socket.addEventListener('open', () => {
        isOpen = true;
        for (const text of send) socket.send(text);
      });
      socket.addEventListener('message', ({ data }) => {
        const text = textOf(data);
        if (text.length > LONGEST_MESSAGE)
          reject(new ToolFailure('The service sent a message that is larger than is read.'));
        else next(messageOf(text));
      });
      socket.addEventListener('error', () => {
        if (!isOpen) reject(refused() ?? notOpened('the service does not take the connection'));
      });
      socket.addEventListener('close', ({ code, reason }) => {
        const words = `${code}${reason === '' ? '' : ` ${reason}`}`;
        if (!isOpen) reject(refused() ?? notOpened(`the connection was closed (${words})`));
        else if (code === 1000 || code === 1001 || code === 1005) resolve();
        else reject(new ToolFailure(`While listening the connection was closed (${words}).`));
      });
    });
  } finally {
    // Not to be closed before it stands: that is an error of its own.
    if (socket.readyState === WebSocket.CONNECTING)
      socket.addEventListener('open', () => socket.close(1000), { once: true });
    else socket.close(1000);
  }
};
