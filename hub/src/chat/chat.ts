import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { hubError, toCounterpartError, type CounterpartError } from '@counterpart/schemas';
import { answerError } from './errors.ts';
import { endpointAt } from './routes.ts';
import { noEndpoint } from './request/endpoints.ts';
import type { ChatOptions, ChatParts } from './parts.ts';
import { failUnfinished } from './responses/kept.ts';
import { ResponseSockets } from './socket/sockets.ts';
import { Runs } from './stream/runs.ts';

/** The endpoints under `/v1` that programs for OpenAI's API know. Whoever calls was let in before. */
export interface ChatSurface {
  handle(req: IncomingMessage, res: ServerResponse, principal: string): void;
  /** Tells somebody who is not let in why, in the shape that these programs read. */
  refuse(res: ServerResponse, error: CounterpartError): void;
  /** `/v1/responses` over a WebSocket. Rejects where there is no room for one, and the connection is as it was. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, principal: string): Promise<void>;
  /** Ends the connections of a person. */
  expel(person: string): void;
  /** Ends all that is under way; what is kept says so. */
  close(): Promise<void>;
}

/** Opens the endpoints; answers that an earlier life of the hub left unfinished are told as failed. */
export async function createChat(options: ChatOptions): Promise<ChatSurface> {
  const runs = new Runs(options.clock);
  const sockets = new ResponseSockets(options);
  const partsOf = (principal: string): ChatParts => {
    const own = principal === options.principal ? {} : options.people?.of(principal);
    if (own === undefined) throw hubError('OWNER_NEEDED', { subject: '/v1', person: principal });
    return { ...options, ...own, principal, runs: runs.of(principal) };
  };
  for (const principal of [options.principal, ...(options.people?.names() ?? [])])
    await failUnfinished(partsOf(principal));
  return {
    handle(req, res, principal) {
      serve(partsOf(principal), req, res).catch((thrown: unknown) => {
        const error = toCounterpartError(thrown);
        if (error.code === 'INTERNAL') options.log.error({ path: req.url, cause: thrown }, 'request failed');
        answerError(res, error);
      });
    },
    refuse: answerError,
    async upgrade(req, socket, head, principal) {
      await sockets.take(req, socket, head, partsOf(principal));
    },
    expel: (person) => sockets.expel(person),
    async close() {
      sockets.refuse();
      await runs.close();
      await sockets.close();
    },
  };
}

async function serve(parts: ChatParts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method = '', url = '' } = req;
  const [pathname = '', search = ''] = url.split('?');
  const endpoint = endpointAt(pathname);
  if (endpoint === undefined || !endpoint.methods.includes(method))
    throw noEndpoint(method, pathname, endpoint?.methods);
  const handler = endpoint.handlerOf(method);
  if (handler === undefined) return void res.writeHead(204, { allow: endpoint.methods.join(', ') }).end();
  return handler({ parts, req, res, query: new URLSearchParams(search), names: endpoint.names });
}
