import { SecretValue, toCounterpartError } from '@counterpart/schemas';
import type { Context, Hono } from 'hono';
import { z } from 'zod';

/** Where pages for one secret answer. They have no other key than their address. */
export const PAGE_PATH = '/enter/';

/** Pages on which a secret is typed, as the routes need them. */
export interface SecretPages {
  /** Undefined: nobody waits at this address, or no longer. */
  find(key: string): { readonly name: string; readonly server: string; readonly formKey: string } | undefined;
  /** False: it was used meanwhile, or the form is not this page's. Rejects when the value cannot be stored; a new page is needed then. */
  store(key: string, formKey: string, value: string): Promise<boolean>;
}

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;
const Connection = z.object({ incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }) });

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
/** Where one is, a proxy of this machine speaks for somebody elsewhere. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** Only a browser of this machine, and only this page's own form. */
function isOurs(c: Context): boolean {
  const connection = Connection.safeParse(c.env);
  if (!connection.success || !LOOPBACK.test(connection.data.incoming.socket.remoteAddress)) return false;
  if (!LOOPBACK_HOST.test(c.req.header('host') ?? '')) return false;
  if (FORWARDED.some((name) => c.req.header(name) !== undefined)) return false;
  if (c.req.method === 'GET') return true;
  const site = c.req.header('sec-fetch-site');
  return (
    c.req.header('origin') === `http://${c.req.header('host') ?? ''}` &&
    (site ?? 'same-origin') === 'same-origin'
  );
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

const STYLE = `*{box-sizing:border-box}
:root{color-scheme:light dark;--line:#8886;--accent:#2457d6}
@media (prefers-color-scheme:dark){:root{--accent:#8fb0ff}}
body{font:1rem/1.55 system-ui,sans-serif;margin:0;padding:1rem;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{width:min(30rem,100%);padding:2rem;border:1px solid var(--line);border-radius:14px}
h1{font-size:1.35rem;line-height:1.25;margin:0 0 .5rem}
p{margin:.5rem 0 1.25rem}
code{font:600 .95em ui-monospace,monospace;overflow-wrap:anywhere}
label{display:block;font-weight:600;margin-bottom:.35rem}
input{width:100%;font:inherit;padding:.65rem .75rem;border:1px solid GrayText;border-radius:8px;background:Field;color:FieldText}
button{font:inherit;font-weight:600;margin-top:1.1rem;padding:.65rem 1.3rem;border:0;border-radius:8px;background:var(--accent);color:Canvas;cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.note{font-size:.875rem;opacity:.8;margin:1.25rem 0 0}
.problem{border-left:4px solid #c62828;padding-left:.75rem}`;

const page = (title: string, body: string): string =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>${STYLE}</style></head>
<body><main><h1>${escaped(title)}</h1>
${body}
</main></body></html>`;

function form(
  { name, server, formKey }: { name: string; server: string; formKey: string },
  problem?: string,
): string {
  const whose =
    server === '' ? 'every server that asks for it' : `the server <code>${escaped(server)}</code>`;
  return page(
    'Store a secret',
    `<p>The hub stores <code>${escaped(name)}</code> encrypted on this machine, for ${whose}.</p>
${problem === undefined ? '' : `<p class="problem" role="alert">${escaped(problem)}</p>`}
<form method="post" autocomplete="off">
<input type="hidden" name="form" value="${formKey}">
<label for="value">Value of ${escaped(name)}</label>
<input id="value" name="value" type="password" required autofocus autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="note"${problem === undefined ? '' : ' aria-invalid="true"'}>
<button type="submit">Store it</button>
</form>
<p class="note" id="note">This page works once, and for ten minutes. The value is not shown again, and no model or chat sees it.</p>`,
  );
}

const DONE = page('Stored', '<p>The hub has the secret. You can close this page.</p>');
const GONE = page(
  'This page is over',
  '<p>It was used, its ten minutes have passed, or it was opened from elsewhere. Run <code>hub secret set</code> again for a new one.</p>',
);

function show(c: Context, status: 200 | 400 | 403 | 404, html: string): Response {
  return c.html(html, status, {
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    // A form's Origin would be null under `no-referrer` (Fetch, 3.2.5).
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  });
}

const Form = z.object({ form: z.string(), value: z.string() });

/** Why a value that was typed cannot be stored; undefined when it can. */
function problemOf(value: string): string | undefined {
  // A field of one line drops the line ends of what is pasted into it.
  if (/^-----BEGIN [A-Z ]+-----[^\r\n]/.test(value))
    return 'It was several lines, and a page takes one: pipe the file into hub secret set --stdin.';
  const parsed = SecretValue.safeParse(value);
  return parsed.success
    ? undefined
    : `It cannot be stored: ${parsed.error.issues[0]?.message ?? 'unusable'}.`;
}

/** What the form sent is stored; the page that says how it went. */
async function take(c: Context, pages: SecretPages, key: string): Promise<Response> {
  const wanted = pages.find(key);
  const sent = Form.safeParse(await c.req.parseBody());
  if (!wanted || !sent.success) return show(c, 404, GONE);
  const { form: formKey, value } = sent.data;
  const problem = problemOf(value);
  if (problem !== undefined) return show(c, 400, form(wanted, problem));
  try {
    return (await pages.store(key, formKey, value)) ? show(c, 200, DONE) : show(c, 403, GONE);
  } catch (thrown) {
    const { message, fix } = toCounterpartError(thrown);
    const words = `<p class="problem" role="alert">${escaped(message)}</p><p>${escaped(fix)}</p>`;
    return show(c, 400, page('That did not work', words));
  }
}

/** The page for one secret and what its form sends. */
export function addSecretPage(app: Hono, pages: SecretPages): void {
  app.get(`${PAGE_PATH}:key`, (c) => {
    const wanted = isOurs(c) ? pages.find(c.req.param('key')) : undefined;
    return wanted ? show(c, 200, form(wanted)) : show(c, 404, GONE);
  });
  app.post(`${PAGE_PATH}:key`, (c) => (isOurs(c) ? take(c, pages, c.req.param('key')) : show(c, 403, GONE)));
}
