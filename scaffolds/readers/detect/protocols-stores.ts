import type { Head, Signature } from './format.ts';
import { u16, u32, u32le } from './numbers.ts';

/** A reply in one of the five types of RESP 2 and the newer ones of RESP 3, and a command as clients write it. */
const isRedis = ({ latin1 }: Head): string | false => {
  const command = /^\*\d{1,6}\r\n\$\d{1,9}\r\n([A-Za-z]{2,20})\r\n/.exec(latin1)?.[1];
  if (command !== undefined) return `command ${command.toUpperCase()}`;
  const plain =
    /^(?:\+(?:PONG|OK)\r\n|-(?:ERR|NOAUTH|WRONGPASS|DENIED|MOVED|LOADING|WRONGTYPE)\b|%\d+\r\n[$+])/;
  return plain.test(latin1) && 'reply';
};

/** What else a client may begin with, by its length and its code. */
const POSTGRES_REQUESTS: readonly (readonly [length: number, code: number, detail: string])[] = [
  [8, 80_877_103, 'asks for TLS'],
  [8, 80_877_104, 'asks for GSSAPI'],
  [16, 80_877_102, 'cancels a request'],
];

function postgres({ bytes, latin1 }: Head): string | false {
  const [length, code] = [u32(bytes, 0), u32(bytes, 4)];
  const request = POSTGRES_REQUESTS.find(([size, known]) => size === length && known === code);
  if (request !== undefined) return request[2];
  const isStart = u16(bytes, 4) === 3 && u16(bytes, 6) <= 2 && length > 8 && length < 10_000;
  if (isStart && /^[a-z_]+$/.test(latin1.slice(8).split('\0', 1)[0] ?? ''))
    return `start of version 3.${u16(bytes, 6)}`;
  return postgresAnswer(bytes, latin1);
}

/** A server's first answer: what kind of authentication it wants, or an error with its severity. */
function postgresAnswer(bytes: Uint8Array, latin1: string): string | false {
  if (latin1.startsWith('R\0\0\0') && u32(bytes, 5) <= 12 && u32(bytes, 1) >= 8) return 'authentication';
  return latin1.startsWith('E\0\0') && latin1.slice(5, 7) === 'SF' && 'error';
}

/** A bind of version 3 (RFC 4511 section 4.2): a sequence of a message number and the request. */
const isLdap = ({ bytes }: Head): boolean =>
  bytes[0] === 0x30 &&
  bytes[2] === 2 &&
  bytes[3] === 1 &&
  bytes[5] === 0x60 &&
  bytes[7] === 2 &&
  bytes[8] === 1 &&
  bytes[9] === 3 &&
  bytes[10] === 4;

/** HandshakeV10: length, number 0, version 10, version of the server; or an error before it. */
function mysql({ bytes, latin1 }: Head): string | false {
  const length = (bytes[0] ?? 0) + (bytes[1] ?? 0) * 256 + (bytes[2] ?? 0) * 65_536;
  if (length < 5 || length > 2_000 || bytes[3] !== 0) return false;
  if (bytes[4] === 0xff) return /^[\x20-\x7e]{10,}/.test(latin1.slice(7)) && 'error';
  return bytes[4] === 10 && (/^(\d[\x21-\x7e]{2,60})\0/.exec(latin1.slice(5))?.[1] ?? false);
}

function mongo({ bytes }: Head): boolean {
  const [length, operation] = [u32le(bytes, 0), u32le(bytes, 12)];
  return (
    bytes.length >= 16 && length >= 16 && length < 50_000_000 && [1, 2004, 2012, 2013].includes(operation)
  );
}

/** Protocols of databases and directories. */
export const STORES: readonly Signature[] = [
  { format: 'postgresql', title: 'PostgreSQL', family: 'protocol', test: postgres },
  { format: 'mysql', title: 'MySQL', family: 'protocol', test: mysql },
  { format: 'mongodb', title: 'MongoDB', family: 'protocol', test: mongo },
  { format: 'redis', title: 'Redis (RESP)', family: 'protocol', test: isRedis },
  {
    format: 'memcached',
    title: 'memcached',
    family: 'protocol',
    test: ({ latin1 }) => /^(?:VERSION \d|(?:stats|version)\r\n|get \S+\r\n)/.test(latin1),
  },
  {
    format: 'ldap',
    title: 'LDAP',
    family: 'protocol',
    test: isLdap,
  },
  {
    format: 'tds',
    title: 'SQL Server (TDS)',
    family: 'protocol',
    test: ({ bytes, latin1 }) =>
      bytes[0] === 0x12 && bytes[1] === 1 && u16(bytes, 2) > 8 && latin1.startsWith('\0\0', 4),
  },
];
