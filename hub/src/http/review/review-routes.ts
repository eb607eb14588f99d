import { errorCatalogue, toCounterpartError } from '@counterpart/schemas';
import { OpenReviewRequest } from '@counterpart/schemas/builds/review';
import type { Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { actAs } from '../../kernel/audit/actor.ts';
import { newTrace } from '../../kernel/protocol/trace.ts';
import { isOurs, showPage, type Page } from '../pages/local-page.ts';
import { markup } from '../pages/markup.ts';
import { readBody } from '../read-body.ts';
import { buildPage } from './build-page.ts';
import { listPage } from './list-page.ts';
import { problemNote } from './parts.ts';
import { REVIEW_PATH } from './review-path.ts';
import type { ReviewService } from './review-service.ts';
import { toolsPage } from './tools-page.ts';

const OVER: Page = {
  title: 'This page is over',
  body: markup`<p>Its hour has passed, the hub was started anew, or it was opened from elsewhere. Run <code>hub review</code> for a new address.</p>`,
};

const Decision = z.enum(['approve', 'reject']);
const List = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((value) => (Array.isArray(value) ? value : [value]));
const BuildForm = z.object({
  decision: Decision,
  shown: z.string(),
  allow: List,
  reason: z.string().trim().max(1_000).default(''),
});
const ToolForm = z.object({ decision: Decision, shown: z.string() });
const TokenForm = z.object({ token: z.string().max(1_000), to: z.string().max(300).default('') });

/** Of the pages only: nobody is sent elsewhere. */
const PLACE = /^\/(?:builds\/b-[0-9a-z]{10}|servers\/[\w.-]{1,100})$/;

/** The form for the hub's token, for those who have the plain address only, such as that of a notice. */
function doorPage(to: string, problem?: string): Page {
  return {
    title: 'Decide on what waits',
    body: markup`${problemNote(problem)}<p>Run <code>hub review</code> for an address that opens at once, or show the hub’s token, which stands in <code>.hub/token</code>.</p>
<form method="post" action="${REVIEW_PATH}" autocomplete="off"><input type="hidden" name="to" value="${to}">
<label for="token">The hub’s token</label>
<input id="token" name="token" type="password" required autocomplete="off" spellcheck="false">
<button type="submit">Open</button></form>`,
  };
}

/** Routes under `/review`, and the one that issues addresses. */
export function addReviewRoutes(app: Hono, reviews: ReviewService): void {
  app.post('/api/reviews', async (c) =>
    c.json(await reviews.open(await readBody(c, OpenReviewRequest)), 201),
  );
  const guarded =
    (work: (c: Context, base: string) => Promise<Response>) =>
    async (c: Context): Promise<Response> => {
      const key = c.req.param('key') ?? '';
      if (!isOurs(c) || !reviews.isOpen(key)) return showPage(c, c.req.method === 'GET' ? 404 : 403, OVER);
      const actor = { principal: 'owner via page', trace: newTrace() };
      return await actAs(actor, () => work(c, `${REVIEW_PATH}/${key}`));
    };
  addDoor(app, reviews);
  app.get(
    `${REVIEW_PATH}/:key`,
    guarded(async (c, base) => showPage(c, 200, listPage(base, await reviews.list()))),
  );
  const builds = `${REVIEW_PATH}/:key/builds/:id`;
  app.get(
    builds,
    guarded((c, base) =>
      orProblem(c, async () =>
        showPage(c, 200, buildPage(base, await reviews.build(c.req.param('id') ?? ''))),
      ),
    ),
  );
  app.post(
    builds,
    guarded((c, base) => orProblem(c, () => decideBuild(c, { reviews, base }))),
  );
  const servers = `${REVIEW_PATH}/:key/servers/:id`;
  app.get(
    servers,
    guarded((c, base) =>
      orProblem(c, async () =>
        showPage(c, 200, toolsPage(base, await reviews.tools(c.req.param('id') ?? ''))),
      ),
    ),
  );
  app.post(
    servers,
    guarded((c, base) => orProblem(c, () => decideTools(c, { reviews, base }))),
  );
}

/** The plain address holds no power: it asks for the token, and sends whoever has it on. */
function addDoor(app: Hono, reviews: ReviewService): void {
  app.get(REVIEW_PATH, (c) => {
    if (!isOurs(c)) return showPage(c, 404, OVER);
    const { build } = OpenReviewRequest.pick({ build: true }).safeParse(c.req.query()).data ?? {};
    return showPage(c, 200, doorPage(build === undefined ? '' : `/builds/${build}`));
  });
  app.post(REVIEW_PATH, async (c) => {
    if (!isOurs(c)) return showPage(c, 403, OVER);
    const { token = '', to = '' } = TokenForm.safeParse(await c.req.parseBody()).data ?? {};
    const key = reviews.enter(token.trim());
    const place = PLACE.test(to) ? to : '';
    if (key === undefined) return showPage(c, 403, doorPage(place, 'That is not the token of this hub.'));
    return c.redirect(`${REVIEW_PATH}/${key}${place}`, 303);
  });
}

const statusOf = (thrown: unknown): ContentfulStatusCode =>
  // Every status of the catalogue has a body.
  errorCatalogue[toCounterpartError(thrown).code].status as ContentfulStatusCode;

const wordsOf = (thrown: unknown): string => toCounterpartError(thrown).words;

async function orProblem(c: Context, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (thrown) {
    return showPage(c, statusOf(thrown), {
      title: 'That did not work',
      body: markup`${problemNote(wordsOf(thrown))}`,
    });
  }
}

interface Deciding {
  readonly reviews: ReviewService;
  readonly base: string;
}

const NOT_READ = 'The form was not understood; nothing was decided.';

/** Whoever decided sees what became of it; a word that did not count is told with what there is to decide on now. */
async function decideBuild(c: Context, { reviews, base }: Deciding): Promise<Response> {
  const id = c.req.param('id') ?? '';
  const sent = BuildForm.safeParse(await c.req.parseBody({ all: true }));
  if (!sent.success) return showPage(c, 400, buildPage(base, await reviews.build(id), NOT_READ));
  const { decision, shown, allow, reason } = sent.data;
  const ticked = new Set(allow);
  try {
    await reviews.decideBuild(id, {
      decision,
      shown,
      reason: reason === '' ? undefined : reason,
      allowed: (_, at) => ticked.has(String(at)),
    });
  } catch (thrown) {
    return showPage(c, statusOf(thrown), buildPage(base, await reviews.build(id), wordsOf(thrown)));
  }
  return c.redirect(`${base}/builds/${id}`, 303);
}

async function decideTools(c: Context, { reviews, base }: Deciding): Promise<Response> {
  const id = c.req.param('id') ?? '';
  const sent = ToolForm.safeParse(await c.req.parseBody());
  if (!sent.success) return showPage(c, 400, toolsPage(base, await reviews.tools(id), NOT_READ));
  try {
    await reviews.decideTools(id, sent.data);
  } catch (thrown) {
    return showPage(c, statusOf(thrown), toolsPage(base, await reviews.tools(id), wordsOf(thrown)));
  }
  return c.redirect(base, 303);
}
