import type { IncomingMessage, ServerResponse } from 'node:http';
import { hubError } from '@counterpart/schemas';
import { complete, resume } from './completions/completions.ts';
import { completeText } from './completions/text.ts';
import {
  addItems,
  changeConversation,
  createConversation,
  deleteConversation,
  listItems,
  removeItem,
  showConversation,
  showItem,
} from './conversations.ts';
import { embed } from './embeddings.ts';
import { answerJson } from './errors.ts';
import { listModels } from './models.ts';
import type { ChatParts } from './parts.ts';
import { endpointsOf } from './request/endpoints.ts';
import { resumptionOf } from './request/headers.ts';
import { createResponse } from './responses/create.ts';
import { cancelResponse, deleteResponse, listInput, showResponse } from './responses/kept.ts';

/** A request, with what its path names. */
interface Call {
  readonly parts: ChatParts;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly query: URLSearchParams;
  readonly names: readonly string[];
}

type Handler = (call: Call) => Promise<void> | void;

/** Answers with what this gives. */
const json =
  (give: (call: Call, id: string, below: string) => Promise<object> | object): Handler =>
  async (call) => {
    const [id = '', below = ''] = call.names;
    answerJson(call.res, await give(call, id, below));
  };

/** What is at `/v1`, and what answers there. */
export const endpointAt = endpointsOf<Handler>({
  models: { GET: json(({ parts }) => ({ object: 'list', data: listModels(parts) })) },
  'models/**': { GET: json(({ parts }, id) => modelOf(parts, id)) },
  'chat/completions': { POST: ({ parts, req, res }) => complete(parts, req, res) },
  'chat/completions/*': { GET: resumeCompletion },
  responses: { POST: ({ parts, req, res }) => createResponse(parts, req, res) },
  'responses/*': {
    GET: ({ parts, req, res, query, names: [id = ''] }) => showResponse(parts, { id, query }, { req, res }),
    DELETE: ({ parts, res, names: [id = ''] }) => deleteResponse(parts, id, res),
  },
  'responses/*/cancel': { POST: ({ parts, res, names: [id = ''] }) => cancelResponse(parts, id, res) },
  'responses/*/input_items': {
    GET: ({ parts, res, query, names: [id = ''] }) => listInput(parts, { id, query }, res),
  },
  conversations: { POST: json(({ parts, req }) => createConversation(parts, req)) },
  'conversations/*': {
    GET: json(({ parts }, id) => showConversation(parts, id)),
    POST: json(({ parts, req }, id) => changeConversation(parts, id, req)),
    DELETE: json(({ parts }, id) => deleteConversation(parts, id)),
  },
  'conversations/*/items': {
    GET: json(({ parts, query }, id) => listItems(parts, id, query)),
    POST: json(({ parts, req }, id) => addItems(parts, id, req)),
  },
  'conversations/*/items/*': {
    GET: json(({ parts }, id, item) => showItem(parts, id, item)),
    DELETE: json(({ parts }, id, item) => removeItem(parts, id, item)),
  },
  completions: { POST: ({ parts, req, res }) => completeText(parts, req, res) },
  embeddings: { POST: ({ parts, req, res }) => embed(parts, req, res) },
});

function resumeCompletion({ parts, req, res, query, names: [id = ''] }: Call): void {
  const from = resumptionOf(req)?.from ?? Number(query.get('starting_after') ?? -1) + 1;
  resume(parts, { id, from: Number.isSafeInteger(from) ? from : 0 }, req, res);
}

/** Names of models hold a slash, which clients send as it is or escaped. */
function modelOf(parts: ChatParts, id: string): object {
  const found = listModels(parts).find((model) => model.id === id);
  if (found === undefined)
    throw hubError('MODEL_UNKNOWN', { model: id.slice(0, 100), suggestion: '', field: 'model' });
  return found;
}
