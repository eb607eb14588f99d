import { hubError } from '@counterpart/schemas';
import type { Hono } from 'hono';
import { problem } from '../problem.ts';
import { showPage } from './local-page.ts';
import { markup } from './markup.ts';

/** Whoever types the hub's address into a browser is told what is where; programs are answered as anywhere else. */
export function addFrontPage(app: Hono): void {
  app.get('/', (c) => {
    if (!(c.req.header('accept') ?? '').includes('text/html'))
      return problem(c, hubError('ROUTE_UNKNOWN', { path: '/' }));
    return showPage(c, 200, {
      title: 'Counterpart runs here',
      body: markup`<p>Programs ask it at these addresses:</p>
<dl><dt><code>/mcp</code></dt><dd>MCP clients: <code>hub connect</code> writes it into their configuration</dd>
<dt><code>/v1</code></dt><dd>Base URL of programs for OpenAI’s API</dd>
<dt><a href="/api/tools/openapi.json"><code>/api/tools</code></a></dt><dd>Every tool by REST, with a description</dd>
<dt><a href="/api"><code>/api</code></a></dt><dd>All routes</dd></dl>
<p class="note">In a terminal: <code>hub status</code> shows the servers, <code>hub review</code> gives the address of the page on which you decide what waits for you, <code>hub doctor</code> says what is wrong.</p>`,
    });
  });
}
