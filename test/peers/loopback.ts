import { Server } from 'node:net';

/** Preloaded into peers that cannot be told where to listen: they listen on loopback only. */
const bare: unknown = Reflect.get(Server.prototype, 'listen');

Server.prototype.listen = function onLoopback(this: Server, ...args: unknown[]): Server {
  const [first] = args;
  const options = typeof first === 'object' && first !== null ? first : { port: Number(first) };
  const done = args.filter((argument) => typeof argument === 'function').slice(0, 1);
  if (typeof bare === 'function') Reflect.apply(bare, this, [{ ...options, host: '127.0.0.1' }, ...done]);
  return this;
};
