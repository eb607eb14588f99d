import type { Head, Signature } from './format.ts';
import { u16, u32 } from './numbers.ts';
import { helloDetail } from './tls.ts';

const REQUEST =
  /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|[A-Z]{3,12}) (\S{1,2000}) HTTP\/1\.([01])\r?\n/;
const UPGRADE = /^upgrade:[ \t]*websocket\b/im;

const isRequest = ({ latin1 }: Head): boolean => REQUEST.test(latin1);
const isResponse = ({ latin1 }: Head): boolean => /^HTTP\/1\.[01] \d{3}\b/.test(latin1);

/** HTTP and what is written like it. */
export const HTTP: readonly Signature[] = [
  {
    format: 'websocket',
    title: 'a WebSocket upgrade (HTTP/1.1)',
    family: 'protocol',
    test: (head) => (isRequest(head) || /^HTTP\/1\.1 101\b/.test(head.latin1)) && UPGRADE.test(head.latin1),
  },
  {
    format: 'http1',
    title: 'an HTTP/1 request',
    family: 'protocol',
    test: ({ latin1 }) => {
      const found = REQUEST.exec(latin1);
      return found === null
        ? false
        : `${found[1]} ${(found[2] ?? '').replace(/\?.*$/, '')}, HTTP/1.${found[3]}`;
    },
  },
  {
    format: 'http1',
    title: 'an HTTP/1 response',
    family: 'protocol',
    test: (head) => isResponse(head) && `status ${head.latin1.slice(9, 12)}`,
  },
  {
    format: 'http2',
    title: 'HTTP/2 (a client’s preface)',
    family: 'protocol',
    test: ({ latin1 }) => latin1.startsWith('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  },
  {
    format: 'http2',
    title: 'HTTP/2 (a server’s settings)',
    family: 'protocol',
    test: ({ bytes }) =>
      bytes.length >= 9 &&
      bytes[0] === 0 &&
      u16(bytes, 1) % 6 === 0 &&
      u16(bytes, 1) < 200 &&
      bytes[3] === 4 &&
      (bytes[4] ?? 9) < 2 &&
      u32(bytes, 5) === 0,
  },
  {
    format: 'rtsp',
    title: 'RTSP',
    family: 'protocol',
    test: ({ latin1 }) => /^(?:[A-Z_]+ \S+ RTSP\/1\.0|RTSP\/1\.0 \d{3})/.test(latin1),
  },
  {
    format: 'sip',
    title: 'SIP',
    family: 'protocol',
    test: ({ latin1 }) => /^(?:[A-Z]+ sips?:\S+ SIP\/2\.0|SIP\/2\.0 \d{3})/.test(latin1),
  },
];

/** A TLS record (RFC 8446 section 5.1) of a handshake or an alert. */
const isTls = ({ bytes }: Head, type: number, handshake?: number): boolean =>
  bytes[0] === type &&
  bytes[1] === 3 &&
  (bytes[2] ?? 9) <= 4 &&
  u16(bytes, 3) > 0 &&
  u16(bytes, 3) <= 18_432 &&
  (handshake === undefined ? bytes.length >= 5 : bytes[5] === handshake);

/** Protocols of encrypted connections. */
export const SECURE: readonly Signature[] = [
  {
    format: 'tls',
    title: 'TLS (ClientHello)',
    family: 'protocol',
    test: (head) => isTls(head, 22, 1) && (helloDetail(head.bytes) || true),
  },
  { format: 'tls', title: 'TLS (ServerHello)', family: 'protocol', test: (head) => isTls(head, 22, 2) },
  {
    format: 'tls',
    title: 'TLS (an alert)',
    family: 'protocol',
    test: (head) => isTls(head, 21) && head.bytes.length === 7,
  },
  {
    format: 'ssh',
    title: 'SSH',
    family: 'protocol',
    test: ({ latin1 }) => /^SSH-(?:1\.99|2\.0)-([\x21-\x7e]{1,200})/.exec(latin1)?.[1] ?? false,
  },
];
