import { toCounterpartError } from '@counterpart/schemas';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { onlyKnownQuery, queryOf } from './query.ts';

const app = new Hono();
app.use('/api/*', onlyKnownQuery);
app.get('/api/conversations', (c) => c.text('all'));
app.get('/api/logs', (c) => c.json(queryOf(c, '/api/logs')));
app.get('/api/audit', (c) => c.json(queryOf(c, '/api/audit')));
app.notFound((c) => c.text('none', 404));
app.onError((thrown, c) => c.text(toCounterpartError(thrown).message, 400));

test.each([
  ['/api/conversations', 'all'],
  ['/api/conversations?limit=abc', 'there is no query parameter limit; it takes none.'],
  ['/api/logs', '{"lines":200}'],
  ['/api/logs?lines=7&server=a%20b', '{"server":"a b","lines":7}'],
  ['/api/logs?lines=abc', 'lines: a whole number from 1 to 10000 is needed'],
  ['/api/logs?lines=', 'lines: a whole number from 1 to 10000 is needed'],
  ['/api/logs?lines=1.5&server=x', 'lines: a whole number from 1 to 10000 is needed'],
  ['/api/logs?line=7', 'there is no query parameter line; it takes server, lines. Did you mean lines?'],
  ['/api/logs?lines=1&lines=2', 'lines is given 2 times'],
  ['/api/audit?limit=x', 'limit: a whole number from 1 to 1000 is needed'],
  ['/api/audit?after=x', 'after: a whole number is needed'],
  ['/api/nothing?x=1', 'none'],
])('the query of %s is read whole, or refused: %s', async (path, answer) => {
  const text = await (await app.request(path)).text();
  const isRefused = text.startsWith('The input of');
  expect(text).toBe(isRefused ? `The input of ${path.split('?')[0] ?? ''} does not fit: ${answer}` : answer);
});
