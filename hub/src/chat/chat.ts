import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { hubError, toCounterpartError, type CounterpartError } from '@counterpart/schemas';
import { CallIds } from './completions/call-ids.ts';
import { answerError } from './errors.ts';
import { endpointAt } from './routes.ts';
import { noEndpoint } from './request/endpoints.ts';
import type { ChatOptions, ChatParts, PersonsParts } from './parts.ts';
import { clientIdOf, noteRequest } from './request/note-request.ts';
import { failUnfinished } from './responses/kept.ts';
import { ResponseSockets } from './socket/sockets.ts';
import { Runs } from './stream/runs.ts';

/** The endpoints under `/v1` that programs for OpenAI's API know. Who calls was looked at before. */
export interface ChatSurface {
  handle(visit: Visit, principal: string): void;
  /** Tells somebody who is not let in why, in the shape that these programs read. */
  refuse(visit: Visit, error: CounterpartError): void;
  /** `/v1/responses` over a WebSocket. Rejects for who is not let in or finds no room, and the connection is as it was. */
  upgrade(visit: SocketVisit, asker: string | CounterpartError): Promise<void>;
  /** Ends the connections of a person. */
  expel(person: string): void;
  /** Ends all that is under way; what is kept says so. */
  close(): Promise<void>;
}

interface Visit {
  /** Of the request, as its answer bears it. */
  readonly id: string;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

interface SocketVisit extends Pick<Visit, 'id' | 'req'> {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Opens the endpoints; answers that an earlier life of the hub left unfinished are told as failed. */
export async function createChat(options: ChatOptions): Promise<ChatSurface> {
  const runs = new Runs(options.clock);
  const sockets = new ResponseSockets(options);
  const callIds = new CallIds();
  const ownOf = (principal: string): Partial<PersonsParts> => {
    const own = principal === options.principal ? {} : options.people?.of(principal);
    if (own === undefined) throw hubError('OWNER_NEEDED', { subject: '/v1', person: principal });
    return own;
  };
  const logOf = (request: string) => options.log.child({ request });
  const partsOf = (principal: string, requestId: string): ChatParts => ({
    ...options,
    ...ownOf(principal),
    log: logOf(requestId),
    requestId,
    principal,
    runs: runs.of(principal),
    callIds,
  });
  for (const principal of [options.principal, ...(options.people?.names() ?? [])])
    await failUnfinished({ ...options, ...ownOf(principal) });
  return {
    handle({ id, req, res }, principal) {
      const parts = partsOf(principal, id);
      const failed = noteRequest(parts, { req, res, principal });
      serve(parts, req, res).catch((thrown: unknown) => {
        const error = toCounterpartError(thrown);
        failed(error.code);
        if (error.code === 'INTERNAL') parts.log.error({ path: req.url, cause: thrown }, 'request failed');
        answerError(res, error);
      });
    },
    refuse({ id, req, res }, error) {
      noteRequest({ ...options, log: logOf(id) }, { req, res })(error.code);
      answerError(res, error);
    },
    async upgrade({ id, ...visit }, asker) {
      const log = logOf(id);
      const clientRequest = clientIdOf(visit.req);
      const client = typeof asker === 'string' ? { clientRequest, principal: asker } : { clientRequest };
      try {
        if (typeof asker !== 'string') throw asker;
        await sockets.take(visit, partsOf(asker, id));
        log.info(client, 'a WebSocket was opened');
      } catch (thrown) {
        log.info({ ...client, code: toCounterpartError(thrown).code }, 'a WebSocket was refused');
        throw thrown;
      }
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
