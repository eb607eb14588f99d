import type { IncomingMessage } from 'node:http';
import { hubError } from '@counterpart/schemas';
import type { z } from 'zod';

/** Images come inside of messages. */
export const MOST_BYTES = 32 * 1024 * 1024;
/** A client that is still sending when it is answered sees a broken connection, not the answer: so much is read and dropped. */
const MOST_DROPPED_BYTES = 64 * 1024 * 1024;
/** Members within members: nobody means more, and what writes them out again goes as deep as they are. */
const MOST_LEVELS = 200;

/** The body of a request by its schema. Rejects with BODY_TOO_LARGE, or FIELD_INVALID that names the member that is wrong. */
export async function readBody<T>(req: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(req);
  const coding = req.headers['content-encoding'] ?? 'identity';
  if (coding !== 'identity')
    throw wrongField('', `it is packed (Content-Encoding: ${coding.slice(0, 40)}); send it as it is`);
  return parseBody(text, schema);
}

/** The same of a text that is there. Throws FIELD_INVALID. */
export function parseBody<T>(text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    const said = text.trim(); // A byte order mark is white space, too.
    value = said === '' ? {} : JSON.parse(said);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError(
      'FIELD_INVALID',
      { field: '', what: 'The body', detail: `not JSON: ${detail}` },
      { cause },
    );
  }
  if (!isShallow(value)) throw wrongField('', `it is nested more than ${MOST_LEVELS} levels deep`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = deepest(parsed.error.issues);
  throw wrongField(fieldOf(path), message);
}

/** What is wrong with a member of a request. */
export const wrongField = (field: string, detail: string) =>
  hubError('FIELD_INVALID', { field, what: field === '' ? 'The body' : `\`${field}\``, detail });

/** By its events: the iterator of a stream costs as much as the rest of a short request. */
function readText(req: IncomingMessage): Promise<string> {
  const tooLarge = () =>
    hubError('BODY_TOO_LARGE', { path: (req.url ?? '').split('?')[0] ?? '', maxBytes: MOST_BYTES });
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    req.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > MOST_DROPPED_BYTES) {
        reject(tooLarge());
        req.destroy();
      } else if (bytes <= MOST_BYTES) chunks.push(part);
    });
    req.once('end', () => {
      if (bytes > MOST_BYTES) reject(tooLarge());
      else resolve(Buffer.concat(chunks).toString('utf8'));
    });
    req.on('error', reject);
    req.once('close', () => {
      if (!req.readableEnded) reject(new Error('the client left before its request was whole'));
    });
  });
}

function isShallow(value: unknown): boolean {
  let level: object[] = isObject(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= MOST_LEVELS) return false;
    level = level.flatMap((one) => Object.values(one).filter(isObject));
  }
  return true;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

type Issue = z.core.$ZodIssue;
interface Place {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of the alternatives that all failed, the one that was meant is the one that failed furthest in. */
function deepest(issues: readonly Issue[], at: readonly PropertyKey[] = []): Place {
  const places = issues.map((issue): Place => {
    const path = [...at, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { path, message: issue.message };
    const inner = issue.errors
      .filter((branch) => branch.length > 0)
      .map((branch) => deepest(branch, path))
      .toSorted((a, b) => b.path.length - a.path.length);
    const [first] = inner;
    if (first === undefined) return { path, message: issue.message };
    if (first.path.length > path.length) return first;
    return { path, message: [...new Set(inner.map(({ message }) => message))].join(', or ') };
  });
  return places[0] ?? { path: at, message: 'does not fit' };
}

/** A place in a document as OpenAI writes it: `messages[0].content`. */
function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, n) => (typeof step === 'number' ? `[${step}]` : `${n === 0 ? '' : '.'}${String(step)}`))
    .join('');
}
