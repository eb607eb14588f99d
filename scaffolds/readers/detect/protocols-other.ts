import type { Head, Signature } from './format.ts';
import { u16, varint } from './numbers.ts';

/** CONNECT (MQTT 3.1.1 section 3.1), which names the protocol, or the CONNACK that answers it. */
function mqtt({ bytes, latin1 }: Head): string | false {
  const length = varint(bytes, 1);
  if (bytes[0] === 0x20 && bytes[1] === 2 && bytes.length === 4 && (bytes[2] ?? 9) < 2 && (bytes[3] ?? 9) < 6)
    return 'answer to a CONNECT';
  if (bytes[0] !== 0x10 || length === undefined) return false;
  const rest = latin1.slice(length.end);
  if (rest.startsWith('\0\x06MQIsdp')) return 'CONNECT, 3.1';
  if (!rest.startsWith('\0\x04MQTT')) return false;
  return `CONNECT, ${rest.charCodeAt(6) === 5 ? '5.0' : '3.1.1'}`;
}

/** Protocols of messages. */
export const MESSAGES: readonly Signature[] = [
  {
    format: 'amqp',
    title: 'AMQP',
    family: 'protocol',
    test: ({ bytes, latin1 }) =>
      latin1.startsWith('AMQP') &&
      bytes.length >= 8 &&
      (bytes[4] === 0 && bytes[5] === 0 ? [6, 7] : [5, 6, 7])
        .map((at) => bytes[at])
        .join('.')
        .replace(/^9\.1$/, '0.9.1'),
  },
  { format: 'mqtt', title: 'MQTT', family: 'protocol', test: mqtt },
  {
    format: 'nats',
    title: 'NATS',
    family: 'protocol',
    test: ({ latin1 }) => latin1.startsWith('INFO {"server_id"'),
  },
  {
    format: 'stomp',
    title: 'STOMP',
    family: 'protocol',
    test: ({ latin1 }) => /^(?:CONNECT|STOMP|CONNECTED)\r?\n[\w-]+:/.test(latin1),
  },
  {
    format: 'xmpp',
    title: 'XMPP',
    family: 'protocol',
    test: ({ latin1 }) => /^(?:<\?xml[^>]*>\s*)?<stream:stream\b/.test(latin1),
  },
  {
    format: 'smtp',
    title: 'SMTP',
    family: 'protocol',
    test: ({ latin1 }) => /^(?:220[ -]\S+ [^\r\n]*SMTP|(?:EHLO|HELO) \S+\r\n)/i.test(latin1),
  },
  {
    format: 'imap',
    title: 'IMAP',
    family: 'protocol',
    test: ({ latin1 }) => /^\* (?:OK|PREAUTH)\b/.test(latin1),
  },
  {
    format: 'pop3',
    title: 'POP3',
    family: 'protocol',
    test: ({ latin1 }) => /^\+OK\b[^\r\n]*(?:POP|ready|<[^>]+@)/i.test(latin1),
  },
];

/** Protocols of files, screens and tunnels. */
export const OTHERS: readonly Signature[] = [
  {
    format: 'ftp',
    title: 'FTP',
    family: 'protocol',
    test: ({ latin1 }) => /^220[ -][^\r\n]*FTP/i.test(latin1),
  },
  {
    format: 'vnc',
    title: 'VNC (RFB)',
    family: 'protocol',
    test: ({ latin1 }) => /^RFB \d{3}\.\d{3}\n/.test(latin1),
  },
  {
    format: 'smb',
    title: 'SMB',
    family: 'protocol',
    test: ({ latin1 }) => /^\0[^]{3}[\xfe\xff]SMB/.test(latin1),
  },
  {
    format: 'rdp',
    title: 'RDP',
    family: 'protocol',
    test: ({ bytes, latin1 }) =>
      bytes[0] === 3 &&
      bytes[1] === 0 &&
      u16(bytes, 2) === bytes.length &&
      /^[\xe0\xd0]/.test(latin1.slice(5)),
  },
  {
    format: 'bittorrent',
    title: 'BitTorrent',
    family: 'protocol',
    test: ({ latin1 }) => latin1.startsWith('\x13BitTorrent protocol'),
  },
  {
    format: 'socks',
    title: 'SOCKS 5',
    family: 'protocol',
    test: ({ bytes }) => bytes[0] === 5 && bytes.length >= 3 && bytes.length === 2 + (bytes[1] ?? 0),
  },
  {
    format: 'proxy',
    title: 'the PROXY protocol',
    family: 'protocol',
    test: ({ latin1 }) =>
      /^PROXY (?:TCP[46]|UNKNOWN)\b/.test(latin1) || latin1.startsWith('\r\n\r\n\0\r\nQUIT\n'),
  },
  {
    format: 'telnet',
    title: 'Telnet',
    family: 'protocol',
    test: ({ latin1 }) => /^(?:\xff[\xfb-\xfe][\0-\x31]){2}/.test(latin1),
  },
];
