import type { Socket } from 'node:net';
import type { VisitBody, VisitRequest } from '../../kernel/ports.ts';
import { LaneResponse, type LaneAnswerer } from './lane-response.ts';
import { readHead, type RequestHead } from './request-head.ts';

/** Takes a request of the lane and answers it. */
export type Serve = (request: VisitRequest, response: LaneResponse) => void;

/** What all connections of a lane share. */
export interface LaneRules {
  /** Who serves a request with this head; undefined when it is not for the lane. */
  route(head: RequestHead): Serve | undefined;
  /** Goes on with a connection that the lane gives away, whose next bytes are still to be read. */
  giveAway(socket: Socket): void;
  /** The connection left the lane, or ended. */
  left(connection: LaneConnection): void;
  /** Whether connections end with their answer. */
  readonly closing: boolean;
  /** Text of the `Date` header now. */
  readonly date: string;
}

/** A longer body is for the whole parser, and its bounds. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Limits in seconds, as they are for connections of node:http: until a first request, for a body, between requests. */
const LONGEST_S = { new: 15, reading: 120, waiting: 65 } as const;
const KEPT = `connection: keep-alive\r\nkeep-alive: timeout=${LONGEST_S.waiting}\r\n`;

/** `new`: no request came yet; `over`: ended or given away. */
type Stage = 'new' | 'waiting' | 'reading' | 'busy' | 'over';

/** A plain request whose body is here already. */
class LaneRequest implements VisitRequest {
  readonly method: string;
  readonly headers: VisitRequest['headers'];
  readonly #body: Buffer;

  constructor({ method, headers }: RequestHead, body: Buffer) {
    this.method = method;
    this.headers = headers;
    this.#body = body;
  }

  readBody(maxBytes: number, done: (body: VisitBody) => void): void {
    const isTooLarge = this.#body.length > maxBytes;
    done(isTooLarge ? { kind: 'too-large' } : { kind: 'text', text: this.#body.toString() });
  }
}

/**
 * One connection as long as its client sends nothing but plain requests, one after another. With the first that is anything
 * else it is given away as it stands, with all bytes of that request.
 */
export class LaneConnection implements LaneAnswerer {
  readonly socket: Socket;
  readonly #rules: LaneRules;
  #stage: Stage = 'new';
  /** Seconds in this stage. */
  #ageS = 0;
  /** The newest head. */
  #head: RequestHead | undefined;
  /** What is being read, and who will serve it. */
  #reading: { readonly head: RequestHead; readonly serve: Serve } | undefined;
  /** What came and is not dealt with. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #response: LaneResponse | undefined;

  constructor(socket: Socket, rules: LaneRules) {
    this.socket = socket;
    this.#rules = rules;
    socket.on('data', this.#take);
    socket.on('end', this.#end);
    socket.on('close', this.#close);
    socket.on('error', nothing);
  }

  /** To be called every so many seconds. */
  grow(seconds: number): void {
    this.#ageS += seconds;
    if (this.#stage === 'busy' || this.#stage === 'over' || this.#ageS <= LONGEST_S[this.#stage]) return;
    const late = this.#stage !== 'waiting';
    if (late) this.socket.write('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n', 'latin1');
    this.socket.destroySoon();
  }

  /** Ends the connection unless a request is under way, which it then ends after. */
  endIfIdle(): void {
    if (this.#stage === 'new' || this.#stage === 'waiting') this.socket.destroySoon();
  }

  lines(): string {
    const { closing, date } = this.#rules;
    return closing ? `date: ${date}\r\nconnection: close\r\n` : `date: ${date}\r\n${KEPT}`;
  }

  answered(last: boolean): void {
    if (this.#stage !== 'busy') return;
    this.#response = undefined;
    if (last || this.#rules.closing) {
      this.#enter('over');
      this.socket.destroySoon();
    } else if (this.socket.writableNeedDrain) this.socket.once('drain', this.#goOn);
    else if (this.#heldBytes > 0) setImmediate(this.#goOn);
    else this.#enter('waiting');
  }

  readonly #take = (chunk: Buffer): void => {
    if (this.#stage === 'new' || this.#stage === 'waiting') return this.#begin(chunk);
    if (this.#stage === 'over') return;
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#stage === 'busy') this.socket.pause();
    else this.#serveIfWhole();
  };

  /** Bytes of a new request. */
  #begin(bytes: Buffer): void {
    const head = readHead(bytes, this.#head);
    const serve = head && head.length <= MAX_BODY_BYTES ? this.#rules.route(head) : undefined;
    if (!head || !serve) return this.#giveAway(bytes);
    this.#head = head;
    this.#reading = { head, serve };
    this.#hold(bytes);
    this.#enter('reading');
    this.#serveIfWhole();
  }

  #serveIfWhole(): void {
    if (!this.#reading) return;
    const { head, serve } = this.#reading;
    const end = head.bodyAt + head.length;
    if (this.#heldBytes < end) return;
    const [first] = this.#held;
    const bytes = this.#held.length === 1 && first ? first : Buffer.concat(this.#held);
    this.#hold(bytes.subarray(end));
    this.#reading = undefined;
    this.#enter('busy');
    const response = new LaneResponse(this);
    this.#response = response;
    serve(new LaneRequest(head, bytes.subarray(head.bodyAt, end)), response);
  }

  readonly #goOn = (): void => {
    if (this.#stage !== 'busy') return;
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    this.#enter('waiting');
    if (this.socket.isPaused()) this.socket.resume();
    if (bytes.length > 0) this.#begin(bytes);
  };

  #hold(bytes: Buffer): void {
    this.#held = bytes.length > 0 ? [bytes] : [];
    this.#heldBytes = bytes.length;
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
    this.#ageS = 0;
  }

  #giveAway(bytes: Buffer): void {
    const { socket } = this;
    this.#enter('over');
    this.#rules.left(this);
    socket.off('data', this.#take).off('end', this.#end).off('close', this.#close).off('error', nothing);
    socket.pause();
    socket.unshift(bytes);
    this.#rules.giveAway(socket);
    // After the new owner has begun to listen.
    process.nextTick(() => socket.resume());
  }

  /** A client that says nothing more does not wait for answers either, as node:http has it. */
  readonly #end = (): void => void this.socket.end();

  readonly #close = (): void => {
    this.#enter('over');
    this.#rules.left(this);
    this.#response?.closed();
  };
}

const nothing = (): void => undefined;
