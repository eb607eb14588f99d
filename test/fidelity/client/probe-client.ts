import type { OutgoingHttpHeaders } from 'node:http';
import type { Era } from '../../../hub/src/kernel/ports.ts';
import { Hearing } from './hearing.ts';
import { EventsLink } from './events-link.ts';
import { HttpLink } from './http-link.ts';
import type { Link, Receiver } from './link.ts';
import {
  ALL_CAPABILITIES,
  helloParams,
  META,
  type Members,
  type Message,
  modernMeta,
  parseMessage,
  type Reply,
} from './message.ts';
import { type Program, StdioLink } from './stdio-link.ts';

/** Where a client connects: an address, or a program it launches. */
export type Door =
  | { readonly kind: 'http'; readonly url: string }
  /** HTTP+SSE of 2024-11-05. */
  | { readonly kind: 'events'; readonly url: string }
  | { readonly kind: 'stdio'; readonly program: Program };

export interface ClientOptions {
  readonly era: Era;
  readonly door: Door;
  readonly capabilities?: Members | undefined;
  /** How long anything is waited for. */
  readonly limitMs: number;
  /** The same for the answer to its greeting; default: long enough for a program that has to start first. */
  readonly greetingMs?: number | undefined;
}

export interface CallOptions {
  /** JSON text of the id; default: a number of the client's own. */
  readonly idText?: string;
  /** Members of `_meta` beside what the era demands. */
  readonly meta?: Members;
  readonly headers?: OutgoingHttpHeaders;
  readonly capabilities?: Members;
  /** May take longer than others. */
  readonly limitMs?: number;
}

export interface Call {
  readonly idText: string;
  readonly answer: Promise<Reply>;
  /** Gives the request up in the way of era and transport. */
  cancel(): void;
}

type Answerer = (method: string, params: Members) => Members;

const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** A program that a client launches has to start first. */
const GREETING_MS = 30_000;

/** A client that writes and reads frames as they are: nothing is modelled, nothing is left out. */
export class ProbeClient {
  readonly era: Era;
  readonly transport: 'http' | 'stdio';
  readonly hearing: Hearing;
  /** The answer to `initialize` or `server/discover`. */
  hello: Reply = { text: '', status: 0 };
  /** Questions of a legacy server, as it asked them. */
  readonly asked: { readonly method: string; readonly params: Members }[] = [];
  answerer: Answerer | undefined;
  readonly #link: Link;
  readonly #capabilities: Members;
  readonly #limitMs: number;
  readonly #pending = new Map<string, (reply: Reply) => void>();
  #next = 1;

  private constructor({ era, door, capabilities, limitMs }: ClientOptions) {
    this.era = era;
    this.transport = door.kind === 'stdio' ? 'stdio' : 'http';
    this.hearing = new Hearing(limitMs);
    this.#limitMs = limitMs;
    this.#capabilities = capabilities ?? ALL_CAPABILITIES;
    const receiver: Receiver = {
      message: (text, via) => this.#take(text, via),
      silence: (idText, status) => this.#silence(idText, status),
    };
    this.#link = linkTo(door, era, receiver);
  }

  /** Connected and greeted; the greeting itself may have failed. */
  static async open(options: ClientOptions): Promise<ProbeClient> {
    const { greetingMs = GREETING_MS } = options;
    const client = new ProbeClient(options);
    try {
      if (client.era === 'modern')
        client.hello = await client.request('server/discover', {}, { limitMs: greetingMs });
      else {
        client.hello = await client.request('initialize', helloParams(client.#capabilities), {
          limitMs: greetingMs,
        });
        client.notify('notifications/initialized');
        await client.#link.listen();
      }
      return client;
    } catch (thrown) {
      await client.close();
      throw thrown;
    }
  }

  /** `params` may be JSON text, for what no object can hold. */
  call(method: string, params: Members | string = {}, options: CallOptions = {}): Call {
    const { idText = String(this.#next++), limitMs = this.#limitMs } = options;
    const key = JSON.stringify(JSON.parse(idText));
    const text = `{"jsonrpc":"2.0","id":${idText},"method":${JSON.stringify(method)},"params":${this.#params(params, options)}}`;
    const answer = new Promise<Reply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(key);
        reject(new Error(`no answer to ${method}`));
      }, limitMs);
      this.#pending.set(key, (reply) => {
        clearTimeout(timer);
        this.#pending.delete(key);
        resolve(reply);
      });
    });
    answer.catch(() => {}); // a call that is given up is never looked at
    this.#link.post({ text, idText: key, headers: { ...this.#headers(method, params), ...options.headers } });
    return { idText: key, answer, cancel: () => this.#cancel(key) };
  }

  request(method: string, params?: Members | string, options?: CallOptions): Promise<Reply> {
    return this.call(method, params, options).answer;
  }

  notify(method: string, params: Members = {}): void {
    const meta = this.era === 'modern' ? { _meta: modernMeta(this.#capabilities) } : {};
    const text = JSON.stringify({ jsonrpc: '2.0', method, params: { ...params, ...meta } });
    this.#link.post({ text, headers: this.#headers(method, params) });
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #cancel(key: string): void {
    this.#pending.delete(key);
    if (this.#link.drop(key)) return;
    this.notify('notifications/cancelled', { requestId: JSON.parse(key), reason: 'changed my mind' });
  }

  #params(params: Members | string, { meta = {}, capabilities = this.#capabilities }: CallOptions): string {
    const all = this.era === 'modern' ? { ...modernMeta(capabilities), ...meta } : meta;
    const text = typeof params === 'string' ? params : JSON.stringify(params);
    if (Object.keys(all).length === 0) return text;
    const rest = text.slice(1);
    return `{"_meta":${JSON.stringify(all)}${rest.trim() === '}' ? '' : ','}${rest}`;
  }

  #headers(method: string, params: Members | string): OutgoingHttpHeaders {
    if (this.era === 'legacy' || this.transport === 'stdio') return {};
    const read = typeof params === 'string' ? (JSON.parse(params) as Members) : params; // written by a probe
    const name = read[NAMED[method] ?? ''];
    return { 'mcp-method': method, ...(typeof name === 'string' ? { 'mcp-name': name } : {}) };
  }

  #take(text: string, via?: { readonly idText?: string | undefined; readonly status: number }): void {
    const message = parseMessage(text);
    if (!message) return;
    if (message.method !== undefined && message.id !== undefined) return this.#answer(message);
    if (message.method !== undefined) return this.hearing.add(message);
    const key = via?.idText ?? JSON.stringify(message.id);
    this.#pending.get(key)?.({ ...message, text, status: via?.status ?? 0 });
  }

  #answer(message: Message): void {
    const { id, method = '', params = {} } = message;
    this.asked.push({ method, params });
    const answer = this.answerer
      ? { result: this.answerer(method, params) }
      : { error: { code: -32601, message: 'nobody answers' } };
    this.#link.post({ text: JSON.stringify({ jsonrpc: '2.0', id, ...answer }) });
  }

  #silence(idText: string | undefined, status: number): void {
    if (idText !== undefined) return this.#pending.get(idText)?.({ text: '', status });
    if (status === 0) for (const settle of this.#pending.values()) settle({ text: '', status });
  }
}

function linkTo(door: Door, era: Era, receiver: Receiver): Link {
  switch (door.kind) {
    case 'http':
      return new HttpLink(door.url, era, receiver);
    case 'events':
      return new EventsLink(door.url, receiver);
    case 'stdio':
      return new StdioLink(door.program, receiver);
  }
}

/** The reserved key of a subscription's id in `_meta`. */
export const SUBSCRIPTION_ID = `${META}subscriptionId`;
