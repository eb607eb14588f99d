import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { hubError, toCounterpartError, type CounterpartError } from '@counterpart/schemas';
import { complete, resume } from './completions/completions.ts';
import { completeText } from './completions/text.ts';
import { serveConversations } from './conversations.ts';
import { embed } from './embeddings.ts';
import { answerError, answerJson } from './errors.ts';
import { methodsAt, namesIn, noEndpoint } from './request/endpoints.ts';
import { resumptionOf } from './request/headers.ts';
import { listModels } from './models.ts';
import type { ChatOptions, ChatParts } from './parts.ts';
import { createResponse } from './responses/create.ts';
import { cancelResponse, deleteResponse, failUnfinished, listInput, showResponse } from './responses/kept.ts';
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

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly query: URLSearchParams;
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
  const { method: asked = '', url = '' } = req;
  const [pathname = '', search = ''] = url.split('?');
  const methods = methodsAt(pathname);
  if (!methods.includes(asked)) throw noEndpoint(asked, pathname);
  if (asked === 'OPTIONS') return void res.writeHead(204, { allow: methods.join(', ') }).end();
  const exchange = { req, res, query: new URLSearchParams(search) };
  // Of an answer to HEAD, node:http leaves out the body.
  return toRoom(parts, { method: asked === 'HEAD' ? 'GET' : asked, pathname }, exchange);
}

async function toRoom(
  parts: ChatParts,
  { method, pathname }: { readonly method: string; readonly pathname: string },
  exchange: Exchange,
): Promise<void> {
  const { req, res, query } = exchange;
  const [room = '', ...path] = namesIn(pathname).map(decoded);
  switch (room) {
    case 'chat':
      return method === 'POST' ? complete(parts, req, res) : resumeCompletion(parts, path[1] ?? '', exchange);
    case 'responses':
      return serveResponses(parts, { method, path }, exchange);
    case 'conversations':
      return serveConversations(parts, { method, path, query }, exchange);
    case 'models':
      return serveModels(parts, path, res);
    case 'completions':
      return completeText(parts, req, res);
    case 'embeddings':
      return embed(parts, req, res);
    default:
      throw noEndpoint(method, pathname);
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function resumeCompletion(parts: ChatParts, id: string, { req, res, query }: Exchange): void {
  const from = resumptionOf(req)?.from ?? Number(query.get('starting_after') ?? -1) + 1;
  resume(parts, { id, from: Number.isSafeInteger(from) ? from : 0 }, req, res);
}

async function serveResponses(
  parts: ChatParts,
  { method, path: [id = '', verb = ''] }: { readonly method: string; readonly path: readonly string[] },
  { req, res, query }: Exchange,
): Promise<void> {
  const place = id === '' ? '' : [':id', verb].filter((part) => part !== '').join('/');
  switch (`${method} ${place}`) {
    case 'POST ':
      return createResponse(parts, req, res);
    case 'GET :id':
      return showResponse(parts, { id, query }, { req, res });
    case 'DELETE :id':
      return deleteResponse(parts, id, res);
    case 'POST :id/cancel':
      return cancelResponse(parts, id, res);
    case 'GET :id/input_items':
      return listInput(parts, { id, query }, res);
    default:
      throw noEndpoint(method, `/v1/responses/${place}`);
  }
}

/** Names of models hold a slash, which clients send as it is or escaped. */
function serveModels(parts: ChatParts, path: readonly string[], res: ServerResponse): void {
  const models = listModels(parts);
  const wanted = path.join('/');
  if (wanted === '') return answerJson(res, { object: 'list', data: models });
  const found = models.find(({ id }) => id === wanted);
  if (found === undefined)
    throw hubError('MODEL_UNKNOWN', { model: wanted.slice(0, 100), suggestion: '', field: 'model' });
  answerJson(res, found);
}
