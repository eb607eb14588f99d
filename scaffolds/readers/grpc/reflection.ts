import { createHash } from 'node:crypto';
import { callGrpc, decodeMessage, encodeMessage } from '@counterpart/kit/grpc';
import { hubError, type GrpcFacet, type GrpcField, type Json } from '@counterpart/schemas';
import { isArray, isObject, member, textMember } from '../openapi/source/json-tree.ts';
import type { SourceText } from '../source.ts';

export interface ReflectOptions {
  readonly signal?: AbortSignal | undefined;
  /** For each question; 30,000 ms unless told. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 2_000;

/** The two versions of the protocol, which differ in nothing but their name. */
const SERVICES = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'];

const text = (name: string, number: number): GrpcField => ({ name, number, type: 'string', presence: true });
const inner = (name: string, number: number, of: string): GrpcField => ({
  name,
  number,
  type: 'message',
  of,
  presence: true,
});

/** The messages of reflection, and what of a file's descriptor is needed to find the others. */
const FACET: GrpcFacet = {
  enums: {},
  messages: {
    Request: [text('fileByFilename', 3), text('fileContainingSymbol', 4), text('listServices', 7)],
    Response: [inner('files', 4, 'Files'), inner('services', 6, 'Services'), inner('error', 7, 'Refusal')],
    Files: [{ name: 'files', number: 1, type: 'bytes', repeated: true }],
    Services: [{ name: 'services', number: 1, type: 'message', of: 'Service', repeated: true }],
    Service: [text('name', 1)],
    Refusal: [{ name: 'code', number: 1, type: 'int32' }, text('words', 2)],
    File: [text('name', 1), { name: 'imports', number: 3, type: 'string', repeated: true }],
  },
};

interface Asking extends ReflectOptions {
  readonly origin: string;
  readonly authorization: Readonly<Record<string, string>>;
}

/** Answers to questions, in their order. Rejects with what went wrong, in words. */
async function ask(asking: Asking, service: string, questions: readonly Json[]): Promise<Json[]> {
  const answer = await callGrpc(
    {
      url: `${asking.origin}/${service}/ServerReflectionInfo`,
      headers: asking.authorization,
      messages: questions.map((question) => encodeMessage(FACET, 'Request', question)),
    },
    {
      timeoutMs: asking.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      connectTimeoutMs: DEFAULT_TIMEOUT_MS,
      maxBytes: MOST_BYTES,
      mostMessages: questions.length,
      signal: asking.signal ?? new AbortController().signal,
    },
  );
  if (answer.status === UNIMPLEMENTED) return [];
  if (answer.status !== 0) throw new Error(answer.words === '' ? `status ${answer.status}` : answer.words);
  return answer.messages.map((message) => decodeMessage(FACET, 'Response', message));
}

const UNIMPLEMENTED = 12;

/**
 * What a service tells of itself by reflection, of either version. Rejects with REFLECTION_REFUSED, or SOURCE_UNREADABLE
 * when there is none to be asked.
 */
export async function reflect(location: string, options: ReflectOptions): Promise<SourceText> {
  const url = new URL(location.replace(/^grpc/i, 'http'));
  const token = decodeURIComponent(url.username);
  const asking: Asking = {
    ...options,
    origin: url.origin,
    authorization: token === '' ? {} : { authorization: `Bearer ${token}` },
  };
  const shown = `${/^grpcs/i.test(location) ? 'grpcs' : 'grpc'}://${url.host}`;
  try {
    for (const service of SERVICES) {
      const [listed] = await ask(asking, service, [{ listServices: '*' }]);
      if (listed === undefined) continue;
      const files = await filesOf(asking, service, namesIn(listed));
      return sourceOf(shown, url.origin, files);
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    const detail = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
    if (cause instanceof Error && cause.name === 'HttpFailure')
      throw hubError('SOURCE_UNREADABLE', { source: shown, detail }, { cause });
    throw hubError('REFLECTION_REFUSED', { source: shown, detail: detail.slice(0, 300) }, { cause });
  }
  throw hubError('REFLECTION_REFUSED', {
    source: shown,
    detail: 'it has no reflection, neither v1 nor v1alpha',
  });
}

const listOf = (value: Json | undefined, key: string): readonly Json[] => {
  const found = member(value, key);
  return isArray(found) ? found : [];
};

function namesIn(listed: Json): string[] {
  const names = listOf(member(listed, 'services'), 'services').flatMap(
    (one) => textMember(one, 'name') ?? [],
  );
  return names.filter((name) => !/^grpc\.(?:reflection|health)\./.test(name));
}

/** The files of these services and all that they import, those without imports first. */
async function filesOf(
  asking: Asking,
  service: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const files = new Map<string, { readonly bytes: string; readonly imports: readonly string[] }>();
  let questions: Json[] = names.map((name) => ({ fileContainingSymbol: name }));
  while (questions.length > 0) {
    const answers = await ask(asking, service, questions);
    const refused = answers.map((answer) => member(answer, 'error')).find((error) => isObject(error));
    if (refused !== undefined) throw new Error(textMember(refused, 'words') ?? 'it refused a file');
    for (const bytes of answers.flatMap((answer) => listOf(member(answer, 'files'), 'files'))) {
      if (typeof bytes !== 'string') continue;
      const file = decodeMessage(FACET, 'File', Buffer.from(bytes, 'base64'));
      const imports = listOf(file, 'imports').filter((one) => typeof one === 'string');
      files.set(textMember(file, 'name') ?? '', { bytes, imports });
    }
    const wanted = new Set([...files.values()].flatMap(({ imports }) => imports));
    const missing = [...wanted].filter((name) => !files.has(name));
    if (files.size > MOST_FILES) throw new Error(`it has more than ${MOST_FILES} files`);
    const isStuck =
      missing.length > 0 &&
      questions.some((one) => missing.includes(textMember(one, 'fileByFilename') ?? ''));
    if (isStuck) throw new Error(`it does not give ${missing[0] ?? ''}`);
    questions = missing.map((name) => ({ fileByFilename: name }));
  }
  return ordered(files);
}

function ordered(
  files: ReadonlyMap<string, { readonly bytes: string; readonly imports: readonly string[] }>,
): string[] {
  const done = new Map<string, string>();
  const seen = new Set<string>();
  const add = (name: string): void => {
    const file = files.get(name);
    if (file === undefined || seen.has(name)) return;
    seen.add(name);
    for (const one of file.imports) add(one);
    done.set(name, file.bytes);
  };
  for (const name of [...files.keys()].toSorted()) add(name);
  return [...done.values()];
}

function sourceOf(location: string, endpoint: string, files: readonly string[]): SourceText {
  const found = `{"grpcReflection":1,"files":${JSON.stringify(files)}}`;
  return {
    text: found,
    location,
    sha256: `sha256-${createHash('sha256').update(found).digest('hex')}`,
    endpoint,
  };
}
