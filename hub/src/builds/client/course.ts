import { hubError, type LoopDetail, type ServerId, type ServerSummary } from '@counterpart/schemas';
import type { AskableClient } from '../../kernel/tools/tool-server.ts';
import type { BuildsOfOne } from '../own-builds.ts';
import {
  askDecision,
  canDecide,
  canSample,
  canVisit,
  sampleAnswer,
  sendToPage,
  type SecretRequest,
} from './ask-client.ts';
import { told, toldOfPages } from './told.ts';

export interface CourseOptions {
  readonly builds: BuildsOfOne;
  /** Opens a page for each secret that a server has no value for. */
  readonly secretPages: (server: ServerId) => Promise<SecretRequest[]>;
  /** Whether a person may decide in their client. */
  readonly mayDecide: () => boolean;
  /** All servers of the hub that whoever asks sees. */
  readonly servers: () => Promise<readonly ServerSummary[]>;
}

/** One call of a builder tool: the builds, and the client that called. */
export interface Course extends CourseOptions {
  readonly client: AskableClient;
  /** Waits until a build rests, and shows it. */
  readonly rest: (id: string) => Promise<LoopDetail>;
}

/**
 * Goes on with a build as far as the client can be asked: its model, then its person. What it is asked stands in the build's
 * folder before, so that a client that leaves loses nothing, and any author can answer then.
 */
export async function goOn(course: Course, id: string): Promise<object> {
  let detail = await course.rest(id);
  while (detail.waitsFor === 'author' && detail.question !== undefined && canSample(course.client)) {
    const { number } = detail.question;
    const { text, model } = await sampleAnswer(course.client, detail.question).catch((cause: unknown) => {
      throw hubError('MODEL_REFUSED', {
        model: 'of the client',
        detail: cause instanceof Error ? cause.message.slice(0, 300) : 'it left',
      });
    });
    const now = await course.builds.show(id);
    // Somebody else may have answered meanwhile: their answer stands.
    if (now.question?.number === number) await course.builds.answer(id, text, model);
    detail = await course.rest(id);
  }
  return await askPerson(course, id);
}

/** Asks the person at the client for what a build needs of them: their decision, then secrets. What is left is told. */
export async function askPerson(course: Course, id: string): Promise<object> {
  const { client, builds, rest } = course;
  let detail = await rest(id);
  if (
    detail.waitsFor === 'approval' &&
    detail.sheet !== undefined &&
    course.mayDecide() &&
    canDecide(client)
  ) {
    const decision = await askDecision(client, detail.sheet).catch(() => undefined);
    if (decision !== undefined) {
      await builds.decide(id, decision);
      detail = await rest(id);
    }
  }
  if (detail.waitsFor !== 'secrets' || detail.server === undefined) return told(detail);
  const pages = await course.secretPages(detail.server);
  if (!canVisit(client)) return { ...told(detail), ...toldOfPages(pages) };
  const agreed: string[] = [];
  for (const page of pages)
    if (await sendToPage(client, detail.server, page).catch(() => false)) agreed.push(page.name);
  const after = told(await rest(id));
  const next =
    agreed.length === pages.length
      ? 'The person was sent to a page for each secret; build_status says when they are there.'
      : after.next;
  return { ...after, visited: agreed, next };
}
