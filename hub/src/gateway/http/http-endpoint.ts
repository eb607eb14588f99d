import { parseFrame } from '../../kernel/protocol/exact-numbers.ts';
import type { ViewSelector, VisitRequest, VisitResponse } from '../../kernel/ports.ts';
import { faultAnswer } from '../wire/answer.ts';
import { serveBatch } from '../legacy/batch.ts';
import { UnreadAnswers } from './unread.ts';
import type { Core } from '../core.ts';
import { codes, faultOf, invalidRequest, unsupportedVersion, type Fault } from '../wire/fault.ts';
import { utf8Wire } from '../wire/frame.ts';
import { headerText } from '../modern/headers.ts';
import { acceptanceOf, HttpExchange, type ExchangeOptions } from './http-exchange.ts';
import { initializeResult, serveLegacy, takeNotification } from '../legacy/legacy.ts';
import type { Listens } from '../modern/listen.ts';
import { readMessage, resultFrame, type ClientMessage, type ClientRequest } from '../wire/message.ts';
import { metaKeys, metaOf, readCaller } from '../wire/meta.ts';
import { serveModern, viewFault } from '../modern/modern.ts';
import { Session } from '../legacy/session.ts';
import type { SessionStore } from '../legacy/session-store.ts';
import { LEGACY_VERSIONS, MODERN_VERSION } from '../wire/versions.ts';

/** One HTTP request of an MCP endpoint and its response. */
interface Visit {
  readonly req: VisitRequest;
  readonly exchange: HttpExchange;
  readonly selector: ViewSelector;
}

/** Streamable HTTP in both eras at one address. */
export class HttpEndpoint {
  readonly #core: Core;
  readonly #listens: Listens;
  readonly #sessions: SessionStore;
  readonly #exchanges: ExchangeOptions;
  #closed = false;

  constructor(core: Core, listens: Listens, sessions: SessionStore) {
    this.#core = core;
    this.#listens = listens;
    this.#sessions = sessions;
    const { keepAliveMs, maxBufferedBytes } = core.limits;
    const unread = new UnreadAnswers(core.limits);
    this.#exchanges = { clock: core.clock, unread, keepAliveMs, maxBufferedBytes };
  }

  handle(req: VisitRequest, res: VisitResponse, selector: ViewSelector): void {
    const exchange = new HttpExchange(res, acceptanceOf(req), this.#exchanges);
    const visit = { req, exchange, selector };
    try {
      if (this.#closed) exchange.empty(503, { 'retry-after': '1', connection: 'close' });
      else if (req.method === 'POST') this.#post(visit);
      else if (req.method === 'GET') this.#get(visit);
      else if (req.method === 'DELETE') this.#delete(visit);
      else exchange.empty(405, { allow: 'GET, POST, DELETE' });
    } catch (thrown) {
      this.#core.log.error({ err: thrown }, 'an MCP request failed unexpectedly');
      answerFault(exchange, 'null', faultOf(thrown));
    }
  }

  /** New requests are refused from now on. */
  close(): void {
    this.#closed = true;
  }

  #post(visit: Visit): void {
    const { req, exchange } = visit;
    if (!exchange.accept.json && !exchange.accept.events)
      return answerFault(
        exchange,
        'null',
        invalidRequest('accept application/json and text/event-stream', 406),
      );
    if (!isJson(req))
      return answerFault(exchange, 'null', invalidRequest('the content type must be application/json', 415));
    req.readBody(this.#core.limits.maxBodyBytes, (body) => {
      if (body.kind === 'aborted') return;
      if (body.kind === 'too-large') {
        exchange.setHeader('connection', 'close');
        return answerFault(
          exchange,
          'null',
          invalidRequest(`the body is larger than ${this.#core.limits.maxBodyBytes} bytes`, 413),
        );
      }
      try {
        this.#message(visit, body.text);
      } catch (thrown) {
        answerFault(exchange, 'null', faultOf(thrown));
      }
    });
  }

  #message(visit: Visit, text: string): void {
    let value: unknown;
    try {
      value = parseFrame(text);
    } catch {
      return answerFault(visit.exchange, 'null', unreadable(visit.req));
    }
    if (Array.isArray(value)) return this.#batch(visit, value);
    const message = readMessage(value);
    if (message.kind === 'invalid')
      return answerFault(visit.exchange, message.idText, invalidRequest(message.problem));
    if (isModern(message, visit.req)) this.#modern(visit, message);
    else this.#legacy(visit, message);
  }

  #modern({ req, exchange, selector }: Visit, message: ClientMessage): void {
    if (message.kind === 'notification') return exchange.empty(202);
    if (message.kind !== 'request')
      return answerFault(
        exchange,
        'null',
        invalidRequest(`a client of ${MODERN_VERSION} sends no responses`),
      );
    const cancel = serveModern(this.#core, this.#listens, message, {
      selector,
      channel: exchange,
      headers: req.headers,
      connection: 'http',
      done: nothing,
    });
    // Closing the response is how a modern client cancels (2026-07-28, Streamable HTTP).
    exchange.gone = cancel;
  }

  #legacy(visit: Visit, message: ClientMessage): void {
    const { exchange } = visit;
    const idText = message.kind === 'request' ? message.idText : 'null';
    if (message.kind === 'request' && message.method === 'initialize')
      return this.#initialize(visit, message);
    const session = this.#sessionOf(visit);
    if ('code' in session) return answerFault(exchange, idText, session);
    if (message.kind === 'request') return serveLegacy(this.#core, session, message, exchange);
    if (message.kind === 'notification') takeNotification(session, message);
    if (message.kind === 'response') session.answered(message);
    exchange.empty(202);
  }

  #initialize({ exchange, selector }: Visit, { idText, params }: ClientRequest): void {
    const view = this.#core.catalog.view(selector);
    if (!view) return answerFault(exchange, idText, viewFault(selector));
    const session = new Session(this.#core, selector, params);
    if (!this.#sessions.add(session)) {
      session.end();
      return answerFault(exchange, idText, {
        code: codes.internal,
        message: 'The hub serves as many sessions as it can; try again later',
        status: 503,
      });
    }
    exchange.setHeader('mcp-session-id', session.id);
    exchange.finish(utf8Wire(resultFrame(idText, initializeResult(this.#core, view, session))));
  }

  #batch(visit: Visit, values: readonly unknown[]): void {
    const { exchange } = visit;
    const session = this.#sessionOf(visit);
    if ('code' in session)
      return answerFault(
        exchange,
        'null',
        session.status === 404 ? session : invalidRequest('batches are not supported'),
      );
    const fault = serveBatch(this.#core, session, values, exchange);
    if (fault) answerFault(exchange, 'null', fault);
  }

  #get(visit: Visit): void {
    const { req, exchange } = visit;
    if (headerText(req.headers, 'mcp-session-id') === undefined)
      return exchange.empty(405, { allow: 'POST' });
    const session = this.#sessionOf(visit);
    if ('code' in session) return answerFault(exchange, 'null', session);
    if (!exchange.streams)
      return answerFault(exchange, 'null', invalidRequest('accept text/event-stream', 406));
    exchange.gone = () => session.detach(exchange);
    if (!session.attachAgain(exchange, headerText(req.headers, 'last-event-id')))
      return answerFault(exchange, 'null', invalidRequest('the session has a stream already', 409));
  }

  #delete(visit: Visit): void {
    const { req, exchange } = visit;
    if (headerText(req.headers, 'mcp-session-id') === undefined)
      return exchange.empty(405, { allow: 'POST' });
    const session = this.#sessionOf(visit);
    if ('code' in session) return answerFault(exchange, 'null', session);
    this.#sessions.end(session);
    exchange.empty(200);
  }

  /** The session a request names, now used; 400 without one, 404 for one that ended, so that its client begins anew. */
  #sessionOf({ req, selector }: Visit): Session | Fault {
    const version = headerText(req.headers, 'mcp-protocol-version');
    if (version !== undefined && !LEGACY_VERSIONS.includes(version)) return unsupportedVersion(version);
    const id = headerText(req.headers, 'mcp-session-id');
    if (id === undefined)
      return invalidRequest(
        'begin a session with initialize and send its Mcp-Session-Id with every request, or name ' +
          `${MODERN_VERSION} in _meta["${metaKeys.protocolVersion}"]`,
        400,
      );
    return (
      this.#sessions.use(id, selector) ?? invalidRequest('the session is unknown; initialize again', 404)
    );
  }
}

function answerFault(exchange: HttpExchange, idText: string, fault: Fault): void {
  const { wire, status } = faultAnswer(fault, idText);
  exchange.finish(wire, status);
}

/** What is compressed is no JSON either, and its client is told why. */
function unreadable(req: VisitRequest): Fault {
  const coding = headerText(req.headers, 'content-encoding') ?? 'identity';
  return coding === 'identity'
    ? { code: codes.parse, message: 'Parse error: the body is not JSON', status: 400 }
    : invalidRequest('send the body without a content encoding', 415);
}

const nothing = (): void => undefined;

function isJson(req: VisitRequest): boolean {
  const type = headerText(req.headers, 'content-type') ?? '';
  return type === 'application/json' || /^application\/json\s*(?:;|$)/i.test(type);
}

/** The body decides the era; the version header only where the body says nothing. */
function isModern(message: ClientMessage, req: VisitRequest): boolean {
  if (message.kind === 'request' || message.kind === 'notification') {
    const meta = metaOf(message.params);
    if (message.method === 'initialize' && 'code' in readCaller(meta)) return false;
    if (meta[metaKeys.protocolVersion] !== undefined) return true;
  }
  return headerText(req.headers, 'mcp-protocol-version') === MODERN_VERSION;
}
