import type { ExecutionResult } from 'graphql';
import type { Json } from '@counterpart/schemas';
import { isObject } from '../schema/json-value.ts';
import type { GraphqlEngine } from './engine.ts';
import { MalformedRequest, toRequest } from './request.ts';

/** The other side of a WebSocket. */
export interface Peer {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** One client's connection that speaks the protocol graphql-transport-ws. */
export interface Connection {
  receive(text: string): void;
  /** Ends everything that the client listened to. */
  closed(): void;
}

export const PROTOCOL = 'graphql-transport-ws';

/** Subscriptions of one connection. */
const MOST_SUBSCRIPTIONS = 100;

function parsed(text: string): { readonly [key: string]: Json | undefined } | undefined {
  try {
    const value = JSON.parse(text) as Json; // parsing makes nothing but JSON
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

class TransportConnection implements Connection {
  readonly #engine: GraphqlEngine;
  readonly #peer: Peer;
  /** Undefined until the first result can come. */
  readonly #running = new Map<string, AsyncGenerator<ExecutionResult, void, void> | undefined>();
  #isOpen = false;

  constructor(engine: GraphqlEngine, peer: Peer) {
    this.#engine = engine;
    this.#peer = peer;
  }

  receive(text: string): void {
    const message = parsed(text);
    const type = message?.['type'];
    const id = message?.['id'];
    if (type === 'connection_init') this.#init();
    else if (type === 'ping') this.#peer.send('{"type":"pong"}');
    else if (type === 'pong') return;
    else if (type === 'complete' && typeof id === 'string') this.#leave(id);
    else if (type === 'subscribe' && typeof id === 'string') void this.#subscribe(id, message?.['payload']);
    else this.#peer.close(4400, 'Invalid message');
  }

  closed(): void {
    for (const id of this.#running.keys()) this.#leave(id);
  }

  #init(): void {
    if (this.#isOpen) {
      this.#peer.close(4429, 'Too many initialisation requests');
      return;
    }
    this.#isOpen = true;
    this.#peer.send('{"type":"connection_ack"}');
  }

  #leave(id: string): void {
    const results = this.#running.get(id);
    this.#running.delete(id);
    void results?.return();
  }

  #tell(id: string, type: string, payload?: unknown): void {
    this.#peer.send(JSON.stringify({ id, type, ...(payload === undefined ? {} : { payload }) }));
  }

  /** Never rejects: whatever goes wrong is told to the client. */
  async #subscribe(id: string, payload: Json | undefined): Promise<void> {
    if (!this.#isOpen) return this.#peer.close(4401, 'Unauthorized');
    if (this.#running.has(id)) return this.#peer.close(4409, `Subscriber for ${id} already exists`);
    if (this.#running.size >= MOST_SUBSCRIPTIONS) return this.#peer.close(4429, 'Too many subscriptions');
    this.#running.set(id, undefined);
    try {
      await this.#run(id, payload);
    } catch (error) {
      const message = error instanceof MalformedRequest ? error.message : 'The mirror could not answer.';
      this.#tell(id, 'error', [{ message }]);
    } finally {
      this.#running.delete(id);
    }
  }

  async #run(id: string, payload: Json | undefined): Promise<void> {
    const prepared = this.#engine.prepare(toRequest(payload));
    if ('errors' in prepared) return this.#tell(id, 'error', prepared.errors);
    const isStream = prepared.kind === 'subscription';
    const results = isStream ? await this.#engine.listen(prepared) : await this.#engine.run(prepared);
    if ('next' in results) {
      if (!this.#running.has(id)) return void (await results.return());
      this.#running.set(id, results);
      for await (const result of results) if (this.#running.has(id)) this.#tell(id, 'next', result);
    } else if (isStream) {
      return this.#tell(id, 'error', results.errors ?? []);
    } else this.#tell(id, 'next', results);
    if (this.#running.has(id)) this.#tell(id, 'complete');
  }
}

/** Speaks graphql-transport-ws with one client. */
export const openConnection = (engine: GraphqlEngine, peer: Peer): Connection =>
  new TransportConnection(engine, peer);
