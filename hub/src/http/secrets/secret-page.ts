import { SecretValue, toCounterpartError } from '@counterpart/schemas';
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { isOurs, showPage, type Page } from '../pages/local-page.ts';
import { markup } from '../pages/markup.ts';

/** Where pages for one secret answer. They have no other key than their address. */
export const PAGE_PATH = '/enter/';

/** Pages on which a secret is typed, as the routes need them. */
export interface SecretPages {
  /** Undefined: nobody waits at this address, or no longer. */
  find(key: string): { readonly name: string; readonly server: string; readonly formKey: string } | undefined;
  /** False: it was used meanwhile, or the form is not this page's. Rejects when the value cannot be stored; a new page is needed then. */
  store(key: string, formKey: string, value: string): Promise<boolean>;
}

function form(
  { name, server, formKey }: { name: string; server: string; formKey: string },
  problem?: string,
): Page {
  const whose = server === '' ? 'every server that asks for it' : markup`the server <code>${server}</code>`;
  return {
    title: 'Store a secret',
    body: markup`<p>The hub stores <code>${name}</code> encrypted on this machine, for ${whose}.</p>
${problem !== undefined && markup`<p class="problem" role="alert">${problem}</p>`}
<form method="post" autocomplete="off">
<input type="hidden" name="form" value="${formKey}">
<label for="value">Value of ${name}</label>
<input id="value" name="value" type="password" required autofocus autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="note"${problem !== undefined && markup` aria-invalid="true"`}>
<button type="submit">Store it</button>
</form>
<p class="note" id="note">This page works once, and for ten minutes. The value is not shown again, and no model or chat sees it.</p>`,
  };
}

const DONE: Page = {
  title: 'Stored',
  body: markup`<p>The hub has the secret. You can close this page.</p>`,
};
const GONE: Page = {
  title: 'This page is over',
  body: markup`<p>It was used, its ten minutes have passed, or it was opened from elsewhere. Run <code>hub secret set</code> again for a new one.</p>`,
};

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
  if (!wanted || !sent.success) return showPage(c, 404, GONE);
  const { form: formKey, value } = sent.data;
  const problem = problemOf(value);
  if (problem !== undefined) return showPage(c, 400, form(wanted, problem));
  try {
    return (await pages.store(key, formKey, value)) ? showPage(c, 200, DONE) : showPage(c, 403, GONE);
  } catch (thrown) {
    const { message, fix } = toCounterpartError(thrown);
    const body = markup`<p class="problem" role="alert">${message}</p><p>${fix}</p>`;
    return showPage(c, 400, { title: 'That did not work', body });
  }
}

/** The page for one secret and what its form sends. */
export function addSecretPage(app: Hono, pages: SecretPages): void {
  app.get(`${PAGE_PATH}:key`, (c) => {
    const wanted = isOurs(c) ? pages.find(c.req.param('key')) : undefined;
    return wanted ? showPage(c, 200, form(wanted)) : showPage(c, 404, GONE);
  });
  app.post(`${PAGE_PATH}:key`, (c) =>
    isOurs(c) ? take(c, pages, c.req.param('key')) : showPage(c, 403, GONE),
  );
}
