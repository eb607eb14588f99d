import { expect, test } from 'vitest';
import type { ChatItem } from '../../../kernel/ports.ts';
import { dialectOf } from './dialects.ts';
import { assertFiles, toFilePart } from './files.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const file = (type: string, text: string) => ({
  type: 'file' as const,
  filename: 'a.x',
  data: `data:${type};base64,${base64(text)}`,
});
const asks = (...content: readonly ReturnType<typeof file>[]): readonly ChatItem[] => [
  { type: 'message', role: 'user', content },
];

test.each(['text/csv', 'text/plain;charset=utf-8', 'application/json', 'application/geo+json'])(
  'a file of type %s is told in words',
  (type) => {
    const told = toFilePart(file(type, 'a,b — ü'), dialectOf('llama.cpp'));
    expect(told).toEqual({ type: 'text', text: '[File a.x]\na,b — ü' });
  },
);

test('any other file stands where a provider wants it, and is refused by those that want none', () => {
  const pdf = file('application/pdf', '%PDF-1.1');
  expect(toFilePart(pdf, dialectOf('openai'))).toEqual({
    type: 'file',
    file: { filename: 'a.x', file_data: pdf.data },
  });
  expect(toFilePart(pdf, dialectOf('mistral'))).toEqual({
    type: 'document_url',
    document_url: pdf.data,
    document_name: 'a.x',
  });
  const to = (kind: 'openai' | 'ollama') => ({ dialect: dialectOf(kind), model: 'm' });
  expect(() => assertFiles(asks(pdf), to('openai'))).not.toThrow();
  expect(() => assertFiles(asks(file('text/plain', 'x')), to('ollama'))).not.toThrow();
  expect(() => assertFiles(asks(pdf), to('ollama'))).toThrow(/application\/pdf.*a\.x/);
});
