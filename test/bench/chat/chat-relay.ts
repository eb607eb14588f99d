/**
 * The least that can stand between a client and a provider: bytes are handed on, and nothing is looked at. What it adds is what
 * a machine takes for one more process on the way. `chat-relay.ts <port>`; prints its address.
 */
import { type AddressInfo, connect, createServer } from 'node:net';

const port = Number(process.argv[2]);

const server = createServer((near) => {
  const far = connect({ port, host: '127.0.0.1', noDelay: true });
  near.setNoDelay(true);
  near.pipe(far).pipe(near);
  near.once('error', () => far.destroy());
  far.once('error', () => near.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address() as AddressInfo; // It listens on TCP.
  process.stdout.write(`http://127.0.0.1:${address.port}/v1\n`);
});
