/**
 * Runs inside the walls, as `node bridge.ts <socket> <port> <command> [argument…]`: whoever speaks to a proxy at that port of
 * 127.0.0.1 speaks to the broker behind the socket. The command has its standard streams and its end.
 */
import { spawn } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { constants } from 'node:os';

const MOST_CONNECTIONS = 128;
const NOT_FOUND = 127;
const BY_SIGNAL = 128;

const [door = '', port = '', command = '', ...args] = process.argv.slice(2);

function join(client: Socket): void {
  const broker = connect({ path: door, allowHalfOpen: true });
  client.pipe(broker).pipe(client);
  client.on('error', () => broker.destroy());
  broker.on('error', () => client.destroy());
}

const listener = createServer({ allowHalfOpen: true }, join);
listener.maxConnections = MOST_CONNECTIONS;
listener.listen({ port: Number(port), host: '127.0.0.1' }, () => {
  const child = spawn(command, args, { stdio: 'inherit' });
  child.once('error', ({ message }) => {
    process.stderr.write(`${command} cannot be started inside the walls: ${message}\n`);
    process.exitCode = NOT_FOUND;
    listener.close();
  });
  child.once('exit', (code, signal) => {
    process.exit(code ?? BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]));
  });
});
