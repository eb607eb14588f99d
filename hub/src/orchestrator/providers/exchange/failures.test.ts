import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../kernel/protocol/http-failures.ts';
import { classify, toFailure } from './failures.ts';

test.each([
  [
    'OpenAI, wrong key',
    401,
    { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } },
    'MODEL_KEY_REFUSED',
  ],
  [
    'Gemini, wrong key with 400',
    400,
    [{ error: { code: 400, message: 'API key not valid. Invalid API key', status: 'INVALID_ARGUMENT' } }],
    'MODEL_KEY_REFUSED',
  ],
  [
    'OpenAI, over quota',
    429,
    { error: { code: 'insufficient_quota', message: 'You exceeded your current quota' } },
    'MODEL_OVER_QUOTA',
  ],
  [
    'a plan that does not include it',
    403,
    { error: { message: 'You have exceeded your current quota' } },
    'MODEL_OVER_QUOTA',
  ],
  ['a key without the right', 403, { error: { message: 'Forbidden' } }, 'MODEL_KEY_REFUSED'],
  ['OpenRouter, no money', 402, { error: { message: 'Insufficient credits' } }, 'MODEL_OVER_QUOTA'],
  [
    'Anthropic, overloaded',
    529,
    { error: { type: 'overloaded_error', message: 'Overloaded' } },
    'MODEL_OVER_QUOTA',
  ],
  [
    'OpenAI, too long',
    400,
    {
      error: {
        code: 'context_length_exceeded',
        message: "This model's maximum context length is 128000 tokens",
      },
    },
    'MODEL_OVER_CONTEXT',
  ],
  [
    'Anthropic, too long',
    400,
    { error: { message: 'prompt is too long: 208310 tokens > 200000 maximum' } },
    'MODEL_OVER_CONTEXT',
  ],
  [
    'llama.cpp, too long',
    400,
    {
      error: { type: 'exceed_context_size_error', message: 'the request exceeds the available context size' },
    },
    'MODEL_OVER_CONTEXT',
  ],
  [
    'Gemini, too long',
    400,
    { error: { message: 'The input token count (2) exceeds the maximum number of tokens allowed (1)' } },
    'MODEL_OVER_CONTEXT',
  ],
  [
    'Azure, filtered',
    400,
    { error: { code: 'content_filter', message: 'The response was filtered' } },
    'MODEL_FILTERED',
  ],
  [
    'vLLM, unknown model',
    404,
    { object: 'error', message: 'The model `x` does not exist.', code: 404 },
    'MODEL_REFUSED',
  ],
  ['Ollama, unknown model', 404, { error: "model 'x' not found, try pulling it first" }, 'MODEL_REFUSED'],
  ['a wrong address', 404, '<html><title>404</title></html>', 'MODEL_BROKEN'],
  ['a gateway', 502, '<html><title>Bad Gateway</title></html>', 'MODEL_UNREACHABLE'],
  ['down', 503, { error: { message: 'maintenance, rate limit of the context length' } }, 'MODEL_UNREACHABLE'],
])('%s', (_, status, body, code) => {
  const contentType = typeof body === 'string' ? 'text/html' : 'application/json';
  expect(classify({ status, body, contentType })).toBe(code);
});

test('an error says status and words, cut and without secrets; a page only its title', () => {
  const redact = (text: string) => text.replaceAll('sk-1', '[redacted]');
  const said = toFailure(
    'p/m',
    { status: 400, body: { error: { message: `no sk-1 ${'x'.repeat(900)}` } } },
    redact,
  );
  expect(said.message).toMatch(/^Model p\/m refused: HTTP 400, no \[redacted\] x+\.$/);
  expect(said.message.length).toBeLessThan(400);
  const plain = toFailure('p/m', { status: 400, body: ' bad sk-1 request\n' }, redact);
  expect(plain.message).toBe('Model p/m refused: HTTP 400, bad [redacted] request.');
  const page = toFailure(
    'p/m',
    { status: 502, body: '<title>Bad  Gateway</title><p>sk-1', contentType: 'text/html' },
    redact,
  );
  expect(page.message).toBe('Model p/m does not answer: HTTP 502, a page of HTML, “Bad Gateway”.');
});

test.each([
  [{ 'retry-after': '2' }, 2_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after-ms': '30' }, 30],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:10 GMT' }, 9_000],
  [{ 'retry-after': 'soon' }, undefined],
  [{}, undefined],
])('Retry-After %j', (headers, expected) => {
  expect(retryAfterMs(headers, 1_000)).toBe(expected);
});
