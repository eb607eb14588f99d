import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { classify } from './classify.ts';
import { classifyTraffic } from './protocols.ts';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** What one side of a real connection sent first. */
const HELLO = Buffer.from(
  'FgMBAKgBAACkAwM275czu0gExUqUDqgR69cCl+8AqK4fHFpsrtTvmPQAGwAAAsAvAQAAef8BAAEAAAAAFAASAAAPYXBpLmV4YW1wbGUuY29tAAsABAMAAQIACgAEAAIAHQAjAAAAEAAOAAwCaDIIaHR0cC8xLjEAFgAAABcAAAANACoAKAQDBQMGAwgHCAgICQgKCAsIBAgFCAYEAQUBBgEDAwMBAwIEAgUCBgI=',
  'base64',
);
const SOCKET =
  'GET /live HTTP/1.1\r\nhost: 127.0.0.1:45643\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\r\n';

const TRAFFIC: readonly (readonly [name: string, bytes: Uint8Array, format: string, detail?: string])[] = [
  ['a TLS ClientHello', HELLO, 'tls', 'for api.example.com, offers h2, http/1.1'],
  ['a ClientHello that is cut off', HELLO.subarray(0, 60), 'tls'],
  ['a TLS ServerHello', hex('16030300 7a 02000076 0303'), 'tls'],
  ['a TLS alert', hex('15 0303 0002 02 28'), 'tls'],
  [
    'an HTTP/1 request',
    latin1('POST /v1/pay?token=x HTTP/1.1\r\nHost: a\r\n\r\n'),
    'http1',
    'POST /v1/pay, HTTP/1.1',
  ],
  ['an HTTP/1 response', latin1('HTTP/1.1 404 Not Found\r\nServer: a\r\n\r\n'), 'http1', 'status 404'],
  ['an HTTP/2 client', hex('505249202a20485454502f322e300d0a0d0a534d0d0a0d0a000000040000000000'), 'http2'],
  ['an HTTP/2 server', hex('000006 04 00 00000000 0003 00000064'), 'http2'],
  ['a WebSocket upgrade', latin1(SOCKET), 'websocket'],
  [
    'an accepted upgrade',
    latin1('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'),
    'websocket',
  ],
  [
    'a PostgreSQL start',
    latin1('\0\0\0\x26\0\x03\0\0user\0app\0database\0shop\0\0'),
    'postgresql',
    'start of version 3.0',
  ],
  ['a PostgreSQL client that wants TLS', hex('00000008 04d2162f'), 'postgresql', 'asks for TLS'],
  [
    'a PostgreSQL server',
    hex('52 00000017 0000000a 534352414d2d5348412d323536 00 00'),
    'postgresql',
    'authentication',
  ],
  ['a MySQL greeting', latin1('\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0'), 'mysql', '8.0.36'],
  [
    'a MySQL server that refuses',
    latin1('\x45\0\0\0\xff\x6a\x04Host 10.0.0.1 is not allowed to connect'),
    'mysql',
    'error',
  ],
  ['a Redis command', latin1('*1\r\n$4\r\nping\r\n'), 'redis', 'command PING'],
  ['a Redis reply', latin1('-NOAUTH Authentication required.\r\n'), 'redis', 'reply'],
  ['an AMQP 0-9-1 client', latin1('AMQP\0\0\x09\x01'), 'amqp', '0.9.1'],
  ['an AMQP 1.0 client', latin1('AMQP\0\x01\0\0'), 'amqp', '1.0.0'],
  ['an MQTT 3.1.1 client', latin1('\x10\x10\0\x04MQTT\x04\x02\0\x3c\0\x04test'), 'mqtt', 'CONNECT, 3.1.1'],
  ['an MQTT 5 client', latin1('\x10\x11\0\x04MQTT\x05\x02\0\x3c\0\0\x04test'), 'mqtt', 'CONNECT, 5.0'],
  ['an MQTT broker', hex('20 02 00 00'), 'mqtt', 'answer to a CONNECT'],
  ['an SSH server', latin1('SSH-2.0-OpenSSH_9.6\r\n'), 'ssh', 'OpenSSH_9.6'],
  ['a MongoDB client', hex('3a000000 01000000 00000000 dd070000 00000000'), 'mongodb'],
  ['an SMTP server', latin1('220 mail.example.com ESMTP Postfix\r\n'), 'smtp'],
  ['an FTP server', latin1('220 (vsFTPd 3.0.5) FTP ready\r\n'), 'ftp'],
  ['an IMAP server', latin1('* OK [CAPABILITY IMAP4rev1] ready\r\n'), 'imap'],
  ['a NATS server', latin1('INFO {"server_id":"NA","version":"2.10"}\r\n'), 'nats'],
  ['an LDAP bind', hex('30 0c 02 01 01 60 07 02 01 03 04 00 80 00'), 'ldap'],
  ['a VNC server', latin1('RFB 003.008\n'), 'vnc'],
  ['a SOCKS 5 client', hex('05 01 00'), 'socks'],
];

test.each(TRAFFIC.map(([name, bytes, format, detail]) => ({ name, bytes, format, detail })))(
  '$name is told by its first bytes',
  ({ bytes, format, detail }) => {
    verifies('M19');
    expect(classifyTraffic(bytes)).toMatchObject({ format, ...(detail === undefined ? {} : { detail }) });
    expect(classify(bytes).format).toBe(format);
  },
);

test.each([
  ['nothing', ''],
  ['one byte', '\x16'],
  ['zeros', '\0'.repeat(64)],
  ['a text', 'GET well soon, dear HTTP'],
  ['another handshake', '\x16\x02\0\0\x10\x01'],
  ['an unknown method line', 'get / http/1.1\r\n'],
])('%s is no traffic of a known protocol', (_, bytes) => {
  verifies('M19');
  expect(classifyTraffic(latin1(bytes))).toBeUndefined();
});

const zip = (name: string, content = ''): string =>
  `PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}${content}`;

const FILES: readonly (readonly [name: string, content: string, format: string, detail?: string])[] = [
  ['a.json', '{"a": 1}', 'json'],
  ['list.json', ' [1, 2', 'json'],
  ['one', '{}', 'json'],
  ['a.ndjson', '{"a":1}\n{"a":2}\n', 'ndjson'],
  ['a.xml', '<?xml version="1.0"?>\n<!-- x -->\n<catalog><book/></catalog>', 'xml', 'catalog'],
  ['health.xml', '<?xml version="1.0"?><!DOCTYPE H [\n<!ELEMENT H (A*)>\n]>\n<H><A/></H>', 'xml', 'H'],
  ['feed', '<rss version="2.0"><channel/></rss>', 'rss'],
  ['feed.atom', '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">', 'atom'],
  ['s.wsdl', '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">', 'wsdl'],
  ['s.xsd', '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">', 'xsd'],
  ['m.xml', '<?xml version="1.0"?><edmx:Edmx Version="4.0" xmlns:edmx="x">', 'edmx'],
  ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg">', 'svg'],
  ['p.html', '<!DOCTYPE html><html><table>', 'html'],
  ['f.html', '\n<table><tr><th>a</th></tr></table>', 'html'],
  ['a.csv', 'a,b\n1,2\n3,4\n', 'csv', 'comma'],
  ['euro.csv', 'a;b\n1,5;2\n3,5;4\n', 'csv', 'semicolon'],
  ['one.csv', 'name\nAnn\nBob\n', 'csv', 'comma'],
  ['plain', 'a,b,c\n1,2,3\n4,5,6\n', 'csv', 'comma'],
  ['a.tsv', 'a\tb\n1\t2\n', 'tsv'],
  ['plain2', 'a\tb\n1\t2\n3\t4\n', 'tsv'],
  ['a.yaml', 'steps:\n  - id: 1\n    what: x, y\n', 'yaml'],
  ['plain3', '# c\nname: x\nitems:\n  - a\n', 'yaml'],
  ['cal.ics', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n', 'icalendar'],
  ['card.vcf', 'BEGIN:VCARD\r\nVERSION:3.0\r\n', 'vcard'],
  [
    'old.ofx',
    'OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\n\r\n<OFX>',
    'ofx',
    'SGML 102',
  ],
  ['new.ofx', '<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?><OFX>', 'ofx', 'XML 211'],
  ['a.qif', '!Type:Bank\nD1/2/2024\nT-5.00\n^\n', 'qif'],
  [
    'c.xml',
    '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">',
    'camt.053',
    'camt.053.001.02',
  ],
  ['a.sta', ':20:STARTUMS\r\n:25:100/1\r\n:28C:1\r\n', 'mt940'],
  ['o.yaml', 'openapi: 3.1.0\ninfo:\n  title: x\n', 'openapi'],
  ['o.json', '{"swagger": "2.0"}', 'openapi'],
  ['t.har', '{"log": {"version": "1.2", "entries": []}}', 'har'],
  ['s.graphql', 'type Query {\n  a: Int\n}\n', 'graphql'],
  ['s.proto', 'syntax = "proto3";\n', 'protobuf'],
  ['set.pb', '\x0a\x14\x0a\x07a.proto\x12\x04shop', 'protobuf-descriptor', 'a.proto'],
  ['key', '-----BEGIN RSA PRIVATE KEY-----\nMII', 'pem', 'rsa private key'],
  ['a.zip', zip('readme.txt'), 'zip'],
  ['book.xlsx', zip('[Content_Types].xml') + zip('xl/workbook.xml'), 'xlsx'],
  ['text.docx', zip('[Content_Types].xml') + zip('word/document.xml'), 'docx'],
  ['sheet.ods', zip('mimetype', 'application/vnd.oasis.opendocument.spreadsheet'), 'ods'],
  ['a.pdf', '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'pdf'],
  ['a.png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'png'],
  ['a.jpg', '\xff\xd8\xff\xe0\0\x10JFIF', 'jpeg'],
  ['a.db', 'SQLite format 3\0\x10\0', 'sqlite'],
  ['a.parquet', 'PAR1\x15\x04', 'parquet'],
  ['a.avro', 'Obj\x01\x04\x14', 'avro'],
  ['sky.fits', 'SIMPLE  =                    T', 'fits'],
  ['sea.nc', 'CDF\x01\0\0\0\0', 'netcdf'],
  ['sea4.nc', '\x89HDF\r\n\x1a\n\0', 'hdf5'],
  ['a.xls', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0', 'ole'],
  ['a.tar', `${'name'.padEnd(257, '\0')}ustar\0`, 'tar'],
  ['a.wasm', '\0asm\x01\0\0\0', 'wasm'],
  ['mail.eml', 'Return-Path: <a@b.c>\nSubject: x\n\nhello', 'email'],
  ['run', '#!/bin/sh\necho\n', 'shell'],
  ['c.toml', '[server]\nport = 1\n', 'toml'],
  ['notes.txt', 'Dear all\nhow are you?\n', 'text'],
  ['read.md', '# Title\n\nSome words here.\n', 'markdown'],
  ['junk', '\x01\x02\x03\x04\x05\x06\x07\x08', 'binary'],
  ['none', '', 'empty'],
];

test.each(FILES.map(([name, content, format, detail]) => ({ name, content, format, detail })))(
  '$name is told from its content to be $format',
  ({ name, content, format, detail }) => {
    verifies('M42');
    expect(classify(latin1(content), name)).toMatchObject({
      format,
      ...(detail === undefined ? {} : { detail }),
    });
  },
);

test.each([
  ['utf-8', Buffer.from('\uFEFF{"ä": 1}'), 'json'],
  ['utf-16le', Buffer.from('\uFEFF<?xml version="1.0"?><a/>', 'utf16le'), 'xml'],
  ['utf-16be', Buffer.from('\uFEFFa,b\n1,2\n3,4\n', 'utf16le').swap16(), 'csv'],
  ['utf-16le', Buffer.from('{"a": 1}', 'utf16le'), 'json'],
  ['windows-1252', Buffer.from('name,city\nJos\xe9,M\xfcnchen\n', 'latin1'), 'csv'],
] as const)('text of %s is read in its own encoding', (encoding, bytes, format) => {
  verifies('M42');
  expect(classify(bytes, 'x')).toMatchObject({ format, encoding });
});

test('what is compressed is named so, and a megabyte of junk costs no more than its beginning', () => {
  expect(classify(gzipSync('{"a":1}')).format).toBe('gzip');
  expect(classify(Buffer.alloc(1_000_000, '<')).format).toBe('text');
  expect(classify(Buffer.alloc(1_000_000, '[')).format).toBe('json');
});
