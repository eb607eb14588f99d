import type { ServerHttp2Stream } from 'node:http2';
import {
  decodeMessage,
  encodeMessage,
  FrameReader,
  ProtoProblem,
  statusOf,
  toFrame,
} from '@counterpart/kit/grpc';
import type { Blueprint, JsonObject } from '@counterpart/schemas';
import { isObject } from '../../schema/json-value.ts';
import { describeFiles, type DescribedFile } from './describe-files.ts';
import { REFLECTION } from './descriptor-messages.ts';

/** The two versions of the protocol, which differ in nothing but their name. */
const SERVICES = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'] as const;
const PATHS: ReadonlySet<string> = new Set(SERVICES.map((service) => `/${service}/ServerReflectionInfo`));
/** Of one question. */
const MOST_BYTES = 64 * 1024;

/** True for a call of server reflection. */
export const isReflection = (path: string): boolean => PATHS.has(path);

/** Answers questions about what a mirror speaks, as they come on a stream; never rejects. */
export type Reflect = (stream: ServerHttp2Stream) => Promise<void>;

/** The reflection of a blueprint's service; its files are described with the first question. */
export function reflectionOf(blueprint: Blueprint): Reflect {
  let book: FileBook | undefined;
  return async (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    let trailers: Record<string, string> = { 'grpc-status': '0' };
    stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    const reader = new FrameReader(MOST_BYTES);
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>)
        for (const message of reader.push(chunk)) {
          book ??= new FileBook(blueprint);
          stream.write(toFrame(encodeMessage(REFLECTION, 'Response', book.answer(message))));
        }
    } catch (error) {
      const words = error instanceof ProtoProblem ? error.message : 'the question could not be read';
      trailers = {
        'grpc-status': String(statusOf('INVALID_ARGUMENT')),
        'grpc-message': encodeURIComponent(words),
      };
    }
    if (!stream.destroyed) stream.end();
  };
}

/** The files of a service, found by their names and by what they define. */
class FileBook {
  readonly #services: readonly string[];
  readonly #files: ReadonlyMap<string, DescribedFile>;
  readonly #homes: ReadonlyMap<string, DescribedFile>;

  constructor(blueprint: Blueprint) {
    const files = describeFiles(blueprint);
    this.#services = [...new Set(blueprint.operations.flatMap(({ grpc }) => grpc?.service ?? []))].toSorted();
    this.#files = new Map(files.map((file) => [file.name, file]));
    this.#homes = new Map(files.flatMap((file) => file.symbols.map((symbol) => [symbol, file] as const)));
  }

  /** Throws ProtoProblem for what is no question. */
  answer(message: Uint8Array): JsonObject {
    const read = decodeMessage(REFLECTION, 'Request', message);
    const request = isObject(read) ? read : {};
    const { host, fileByFilename: name, fileContainingSymbol: symbol, listServices } = request;
    const common = { request, ...(typeof host === 'string' ? { host } : {}) };
    if (typeof listServices === 'string')
      return {
        ...common,
        services: { services: [...this.#services, SERVICES[0]].map((one) => ({ name: one })) },
      };
    if (typeof name === 'string') return { ...common, ...filesOf([this.#files.get(name)], name) };
    if (typeof symbol === 'string') return { ...common, ...filesOf(this.#withImports(symbol), symbol) };
    return { ...common, error: { code: statusOf('NOT_FOUND'), words: 'there are no extensions here' } };
  }

  /** The file of a symbol, then those it needs: a client that takes them asks no more. */
  #withImports(symbol: string): readonly (DescribedFile | undefined)[] {
    const found = new Set<DescribedFile>();
    const add = (file: DescribedFile | undefined): void => {
      if (file === undefined || found.has(file)) return;
      found.add(file);
      for (const name of file.imports) add(this.#files.get(name));
    };
    add(this.#homes.get(symbol));
    return [...found];
  }
}

function filesOf(files: readonly (DescribedFile | undefined)[], asked: string): JsonObject {
  const known = files.filter((file) => file !== undefined);
  if (known.length === 0)
    return { error: { code: statusOf('NOT_FOUND'), words: `there is no ${asked.slice(0, 200)} here` } };
  return { files: { files: known.map(({ bytes }) => bytes.toString('base64')) } };
}
