import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createMask } from './mask.ts';

const secret = 'sk_live_"42"/ü';

async function throughMask(chunks: readonly Buffer[], secrets: readonly string[]): Promise<string> {
  const mask = createMask(secrets).stream();
  return text(mask === undefined ? Readable.from(chunks) : Readable.from(chunks).pipe(mask));
}

test.each([1, 2, 3, 7, 1_000])('a secret is masked however its bytes arrive, %i at a time', async (size) => {
  const said = Buffer.from(
    `a ${secret} b ${JSON.stringify({ key: secret })} c ${encodeURIComponent(secret)}, sk_live_`,
  );
  const chunks = Array.from({ length: Math.ceil(said.length / size) }, (_, at) =>
    said.subarray(at * size, (at + 1) * size),
  );
  const masked = await throughMask(chunks, [secret]);
  expect(masked).toMatch(/^a \*{15} b \{"key":"\*{17}"\} c \*{25}, sk_live_$/);
  expect(Buffer.byteLength(masked)).toBe(said.length);
});

test('nothing waits for more but what may be the beginning of a secret', () => {
  const mask = createMask(['abcdefgh']).stream();
  mask?.write(Buffer.from('event: x\n\n'));
  expect(String(mask?.read())).toBe('event: x\n\n');
  mask?.write(Buffer.from('xabc'));
  expect(String(mask?.read())).toBe('x');
  mask?.write(Buffer.from('abcx'));
  expect(String(mask?.read())).toBe('abcabcx');
});

test('texts too short to be secrets, and no secrets at all, change nothing', async () => {
  expect(await throughMask([Buffer.from('12345')], ['12345'])).toBe('12345');
  expect(createMask(['key-123']).text('x-echo: key-123')).toBe('x-echo: *******');
});
