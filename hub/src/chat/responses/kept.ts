import type { IncomingMessage, ServerResponse } from 'node:http';
import { hubError } from '@counterpart/schemas';
import type { StoredResponse } from '../../orchestrator/conversations/responses.ts';
import { answerJson } from '../errors.ts';
import { listOf, pageOf } from '../lists.ts';
import type { ChatParts } from '../parts.ts';
import { wrongField } from '../request/read-body.ts';
import { followOver } from '../stream/follow.ts';
import { lastEvent } from './events.ts';
import { toWire } from './items.ts';
import { inputItemId } from './references.ts';

const unknown = (id: string) => hubError('RESPONSE_UNKNOWN', { response: id.slice(0, 100) });

async function find(parts: ChatParts, id: string): Promise<StoredResponse> {
  const stored = await parts.responses.find(id);
  if (stored === undefined) throw unknown(id);
  return stored;
}

/** `GET /v1/responses/<id>`, with `stream=true` as its events after `starting_after`. */
export async function showResponse(
  parts: ChatParts,
  { id, query }: { readonly id: string; readonly query: URLSearchParams },
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
): Promise<void> {
  if (query.get('stream') !== 'true') return answerJson(res, (await find(parts, id)).body);
  const after = query.get('starting_after') ?? '-1';
  if (!/^-?\d{1,12}$/.test(after)) throw wrongField('starting_after', 'it has to be the number of an event');
  const from = Number(after) + 1;
  const run = parts.runs.find(id);
  if (run?.journal.holds(from) === true) return followOver(req, res, run.journal, { from });
  const stored = await find(parts, id);
  if (run !== undefined && !run.journal.isEnded)
    throw hubError('STREAM_GONE', { response: id.slice(0, 100), after: Number(after) });
  endOf(stored, res);
}

/** Of a stream that is no longer kept, the last event still tells the whole answer. */
function endOf({ body, status, lastSequence }: StoredResponse, res: ServerResponse): void {
  const type = lastEvent(status);
  const data = JSON.stringify({ type, sequence_number: lastSequence, response: body });
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  res.end(`event: ${type}\ndata: ${data}\n\n`);
}

/** `POST /v1/responses/<id>/cancel`: it has ended when this answers. Throws RESPONSE_STATE for one that had before. */
export async function cancelResponse(parts: ChatParts, id: string, res: ServerResponse): Promise<void> {
  await parts.runs.find(id)?.cancel(undefined);
  const stored = await find(parts, id);
  if (stored.status !== 'cancelled')
    throw hubError('RESPONSE_STATE', {
      response: id,
      state: stored.status,
      detail: 'there is nothing left to cancel',
    });
  answerJson(res, stored.body);
}

/** `DELETE /v1/responses/<id>`: one that is under way ends. */
export async function deleteResponse(parts: ChatParts, id: string, res: ServerResponse): Promise<void> {
  await parts.runs.find(id)?.cancel(undefined);
  if (!(await parts.responses.delete(id))) throw unknown(id);
  answerJson(res, { id, object: 'response', deleted: true });
}

/** `GET /v1/responses/<id>/input_items`: the request's own, the last first unless `order=asc`. */
export async function listInput(
  parts: ChatParts,
  { id, query }: { readonly id: string; readonly query: URLSearchParams },
  res: ServerResponse,
): Promise<void> {
  const { input } = await find(parts, id);
  const wire = input.map((item, n) => toWire(item, inputItemId(id, n)));
  answerJson(res, listOf(pageOf(wire, query)));
}

/** Answers that another life of the hub left unfinished are told as failed: they will never be more. */
export async function failUnfinished({ responses }: Pick<ChatParts, 'responses'>): Promise<void> {
  const { code, message } = hubError('HUB_STOPPING', {});
  for (const left of await responses.unfinished())
    await responses.keep({
      ...left,
      status: 'failed',
      body: { ...left.body, status: 'failed', error: { code, message } },
    });
}
