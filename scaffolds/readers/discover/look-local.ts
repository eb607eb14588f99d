import { open, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { hubError } from '@counterpart/schemas';
import { classify, LOOKED_AT, type Classified } from '../detect/classify.ts';
import type { Detected } from '../detect/format.ts';
import { classifyTraffic } from '../detect/protocols.ts';
import { adviceFor } from '../detect/refuse.ts';
import { displayName } from '../source.ts';

/** What a file is or a port speaks. */
export interface LocalLook {
  readonly place: string;
  readonly format: string;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly encoding?: string | undefined;
  /** What is in it, where it is packed. */
  readonly holds?: LocalLook | undefined;
  /** What to do instead, where nothing can be built from it as it is. */
  readonly advice?: string | undefined;
}

/** How long a server may wait before it speaks first, and before it answers, in milliseconds. */
const WAIT_MS = 700;
const CONNECT_MS = 3_000;
const MOST_BYTES = 4_096;
const NOTHING = new Uint8Array();
/** Length 8, code 80877103. */
const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f);
const NO_TOOLS =
  'No server is made from this protocol as it is: give a description of the service, or the address of its HTTP interface.';

function lookOf(place: string, found: Classified): LocalLook {
  const { format, title, detail, encoding } = found;
  return { place, format, title, detail, encoding, advice: adviceFor(found) };
}

/** The beginning of gzip data, unpacked; a cut end is no matter. */
function unpacked(head: Uint8Array): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: 2, maxOutputLength: 16 * 1024 * 1024 });
  } catch {
    return new Uint8Array();
  }
}

/** True for the path of a file that is there. */
export const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isFile() === true;

/** What a file is by its first bytes. Rejects with SOURCE_UNREADABLE. */
export async function lookAtFile(path: string): Promise<LocalLook> {
  const name = displayName(path);
  const file = await open(path).catch((cause: unknown) => {
    throw hubError('SOURCE_UNREADABLE', { source: name, detail: 'reading it is not permitted' }, { cause });
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0);
    const head = buffer.subarray(0, bytesRead);
    const found = classify(head, name);
    const look = lookOf(name, found);
    // Databases are read from their own files; only what is packed or piped is not.
    if (found.format === 'sqlite') return { ...look, advice: undefined };
    if (found.format !== 'gzip') return look;
    const inside = name.replace(/\.gz$/i, '');
    return { ...look, holds: lookOf(inside, classify(unpacked(head), inside)) };
  } finally {
    await file.close();
  }
}

/** Host and port of a place on this machine such as `localhost:5432`; undefined for anything else. */
export function localPort(place: string): { readonly host: string; readonly port: number } | undefined {
  const [, host, digits] = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\]):(\d{1,5})$/i.exec(place) ?? [];
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535
    ? undefined
    : { host: host.replace(/^\[|\]$/g, ''), port };
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a server sends first: unasked within the wait, else after it was asked; empty when it stays silent or hangs up. */
function firstBytes({ host, port }: Address, question: string | Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let timer = setTimeout(() => socket.destroy(new Error(`no connection in ${CONNECT_MS} ms`)), CONNECT_MS);
    const wait = (act: () => void): void => {
      clearTimeout(timer);
      timer = setTimeout(act, WAIT_MS);
    };
    const finish = (bytes: Uint8Array): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(bytes);
    };
    let isAsked = false;
    socket.once('connect', () =>
      wait(() => {
        isAsked = true;
        socket.write(question);
        wait(() => finish(NOTHING));
      }),
    );
    socket.once('data', (piece: Uint8Array) => finish(piece.subarray(0, MOST_BYTES)));
    socket.once('end', () => finish(NOTHING));
    socket.once('error', (cause) => {
      // A server that is asked in a language it does not know may just hang up.
      if (isAsked) return finish(NOTHING);
      clearTimeout(timer);
      reject(cause);
    });
  });
}

/** PostgreSQL answers a request for TLS with one letter, and nothing else does (its protocol, SSLRequest). */
function isPostgresAnswer(bytes: Uint8Array): boolean {
  return bytes.length === 1 && (bytes[0] === 0x53 || bytes[0] === 0x4e);
}

async function spokenAt(address: Address): Promise<Pick<Detected, 'format' | 'title' | 'detail'>> {
  const { host, port } = address;
  const shown = host.includes(':') ? `[${host}]` : host;
  const http = `GET / HTTP/1.1\r\nHost: ${shown}:${port}\r\nConnection: close\r\n\r\n`;
  const bytes = await firstBytes(address, http);
  const known = classifyTraffic(bytes);
  if (known !== undefined) return known;
  if (bytes.length > 0) return { format: 'unknown', title: 'a protocol that is not known' };
  return isPostgresAnswer(await firstBytes(address, SSL_REQUEST))
    ? { format: 'postgres', title: 'PostgreSQL' }
    : { format: 'unknown', title: 'nothing that is known: it stays silent' };
}

/** What can be done with a port, by what it speaks. */
const NEXT_AT: Readonly<Record<string, (place: string) => string>> = {
  http1: (place) => `Next: \`hub discover http://${place}/\``,
  tls: (place) => `Next: \`hub discover https://${place}/\``,
  mysql: (place) => `Next: \`hub build --from mysql://<user>:<password>@${place}/<database>\``,
  postgres: (place) => `Next: \`hub build --from postgresql://<user>:<password>@${place}/<database>\``,
};

/**
 * What a port of this machine speaks: a server that speaks first is listened to, a silent one is asked over HTTP and then
 * whether it is PostgreSQL; nothing else is sent. Rejects with SOURCE_UNREADABLE where nobody answers.
 */
export async function lookAtPort(place: string, address: Address): Promise<LocalLook> {
  try {
    const { format, title, detail } = await spokenAt(address);
    const advice = (NEXT_AT[format] ?? (() => NO_TOOLS))(place);
    return { place, format, title, detail, advice };
  } catch (cause) {
    const detail = cause instanceof Error && cause.message !== '' ? cause.message : 'nobody answers there';
    throw hubError('SOURCE_UNREADABLE', { source: place, detail }, { cause });
  }
}
