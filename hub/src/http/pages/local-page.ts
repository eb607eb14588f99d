import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { Markup, markup } from './markup.ts';
import { STYLE } from './style.ts';

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;
const Connection = z.object({ incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }) });

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
/** Where one is, a proxy of this machine speaks for somebody elsewhere. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** Only a browser of this machine, and only a form of the hub's own pages. */
export function isOurs(c: Context): boolean {
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

export interface Page {
  readonly title: string;
  readonly body: Markup;
  /** Default: `card`, for one form. */
  readonly width?: 'card' | 'wide' | undefined;
  /** Seconds after which a browser asks again. */
  readonly refresh?: number | undefined;
}

const SHEET = new Markup(`<style>${STYLE}</style>`);
/** Nothing runs, nothing is loaded, and one style is taken: what a name or a description holds stays text. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;

/** Answers with a page that is kept nowhere and stands in no frame. */
export function showPage(
  c: Context,
  status: ContentfulStatusCode,
  { title, body, width = 'card', refresh }: Page,
): Response {
  const document = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">${refresh !== undefined && markup`<meta http-equiv="refresh" content="${refresh}">`}${SHEET}</head>
<body><main class="${width}"><h1>${title}</h1>
${body}
</main></body></html>`;
  return c.html(document.text, status, {
    'content-security-policy': POLICY,
    // A form's Origin would be null under `no-referrer` (Fetch, 3.2.5).
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
}
