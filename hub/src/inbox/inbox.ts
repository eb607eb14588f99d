import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import { writeWhole } from '../kernel/files/write-whole.ts';

/** Names a hook of a server. */
export interface HookPlace {
  readonly server: string;
  readonly hook: string;
}

/** What other programs posted for servers: a folder for each hook, a file for each month, a line for each post. */
export interface Inbox {
  /** Folder of a hook's posts; made where it is not there. Throws DATA_UNWRITABLE. */
  folderOf(place: HookPlace): string;
  /** Made with the first question for it. */
  tokenOf(place: HookPlace): string;
  /** A new token; the one before is of no use from now on. */
  rotate(place: HookPlace): string;
  /** Whether a token is the hook's; takes the same time for all of them. */
  isToken(place: HookPlace, token: string): boolean;
  /** Keeps a JSON document durably before it resolves. Rejects with HOOK_BODY_INVALID, HOOK_FULL and DATA_UNWRITABLE. */
  keep(place: HookPlace, text: string): Promise<number>;
  /** Bytes that are kept, and when the last post came, in milliseconds since 1970. */
  facts(place: HookPlace): { readonly bytes: number; readonly lastAt: number | undefined };
  /** Removes all that was posted for a server. */
  purge(server: string): Promise<string | undefined>;
}

export interface InboxOptions {
  /** Of the hub; posts stand below `inbox/`. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** Most bytes of one hook's posts. */
  readonly maxBytes?: number | undefined;
}

const MAX_BYTES = 2 * 1024 ** 3;
const LINE_FEED = 0x0a;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Opens the inbox of a hub; nothing is made on disk before a server has a hook. */
export function createInbox({ dataDir, clock, maxBytes = MAX_BYTES }: InboxOptions): Inbox {
  const root = join(dataDir, 'inbox');
  /** The write that a hook's next one waits for: lines never run into each other. */
  const last = new Map<string, Promise<unknown>>();
  const folderOf = (place: HookPlace): string => made(join(root, place.server, place.hook));
  const tokenFile = ({ server, hook }: HookPlace): string => join(made(join(root, server)), `${hook}.token`);
  const rotate = (place: HookPlace): string => {
    const token = randomBytes(24).toString('base64url');
    writeWhole(tokenFile(place), token);
    return token;
  };
  const tokenOf = (place: HookPlace): string => {
    const file = tokenFile(place);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : rotate(place);
  };
  const facts = (place: HookPlace): ReturnType<Inbox['facts']> => {
    const folder = folderOf(place);
    const files = readdirSync(folder).map((name) => statSync(join(folder, name)));
    const lastAt = files.length === 0 ? undefined : Math.max(...files.map(({ mtimeMs }) => mtimeMs));
    return { bytes: files.reduce((sum, { size }) => sum + size, 0), lastAt };
  };
  return {
    folderOf,
    tokenOf,
    rotate,
    facts,
    isToken: (place, token) => timingSafeEqual(digest(token), digest(tokenOf(place))),
    async keep(place, text) {
      const hook = `${place.server}/${place.hook}`;
      const at = new Date(clock.now()).toISOString();
      const line = `{"at":"${at}","body":${asLine(text, hook)}}\n`;
      const write = async (): Promise<void> => {
        const { bytes } = facts(place);
        const folder = folderOf(place);
        if (bytes + line.length > maxBytes) throw hubError('HOOK_FULL', { hook, bytes, folder });
        await appendWhole(join(folder, `${at.slice(0, 7)}.ndjson`), line);
      };
      const turn = (last.get(hook) ?? Promise.resolve()).then(write, write);
      last.set(hook, turn);
      await turn;
      return Buffer.byteLength(text);
    },
    async purge(server) {
      const folder = join(root, server);
      if (!existsSync(folder)) return undefined;
      await rm(folder, { recursive: true, force: true });
      return folder;
    },
  };
}

function made(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

const unwritable = (directory: string, cause: unknown) =>
  hubError(
    'DATA_UNWRITABLE',
    { directory, detail: cause instanceof Error ? cause.message : String(cause) },
    { cause },
  );

/** The document as it came, on one line: numbers keep their digits. Outside of its texts a line's end means nothing, and inside there is none. */
function asLine(text: string, hook: string): string {
  try {
    JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError('HOOK_BODY_INVALID', { hook, detail }, { cause });
  }
  return text.replace(/[\r\n]+/g, ' ').trim();
}

/** Appends a line durably or not at all; after a kill in the middle of one, the next begins on a line of its own. */
async function appendWhole(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', 0o600).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  const { size } = await file.stat();
  try {
    const end = Buffer.alloc(1, LINE_FEED);
    if (size > 0) await file.read(end, 0, 1, size - 1);
    await file.appendFile(end[0] === LINE_FEED ? line : `\n${line}`);
    await file.datasync();
  } catch (cause) {
    await file.truncate(size).catch(() => undefined);
    throw unwritable(path, cause);
  } finally {
    await file.close();
  }
}
