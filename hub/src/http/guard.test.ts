import { expect, test } from 'vitest';
import { checkHostAndOrigin, checkToken } from './guard.ts';

const options = {
  allowedHosts: ['hub.example.test'],
  allowedOrigins: ['https://app.example.test'],
  port: 8001,
};
const verdict = (host: string, origin?: string) =>
  checkHostAndOrigin({ host, ...(origin === undefined ? {} : { origin }) }, options)?.params['header'] ??
  'served';

test('loopback names and allowed hosts are served, everything else is refused', () => {
  const hosts = [
    'localhost:8001',
    '127.0.0.1',
    '[::1]:8001',
    'LOCALHOST:1',
    'hub.example.test',
    'hub.example.test:443',
  ];
  expect(hosts.map((host) => verdict(host))).toEqual(hosts.map(() => 'served'));
  const refused = ['', 'evil.test', 'localhost.evil.test', '127.0.0.1.evil.test:8001', 'evil.test@localhost'];
  expect(refused.map((host) => verdict(host))).toEqual(refused.map(() => 'Host'));
});

test('an origin must be loopback or allowed, and the opaque origin is neither', () => {
  const origins = ['http://localhost:3000', 'http://127.0.0.1:8001', 'https://app.example.test'];
  expect(origins.map((origin) => verdict('localhost', origin))).toEqual(origins.map(() => 'served'));
  const refused = [
    'null',
    'https://evil.test',
    'http://localhost.evil.test',
    'https://app.example.test.evil.test',
    'http://localhost:80@evil.test',
  ];
  expect(refused.map((origin) => verdict('localhost', origin))).toEqual(refused.map(() => 'Origin'));
});

test('only the exact bearer token is taken', () => {
  const codes = ['Bearer right', 'bearer right', 'Bearer wrong', 'Bearer rightx', 'Basic right', ''].map(
    (authorization) => checkToken({ authorization }, 'right', 'x')?.code ?? 'taken',
  );
  expect(codes).toEqual([
    'taken',
    'taken',
    'AUTH_REQUIRED',
    'AUTH_REQUIRED',
    'AUTH_REQUIRED',
    'AUTH_REQUIRED',
  ]);
});
