import { entry } from './entry.ts';

/** Chats: the endpoints under `/v1`, conversations, memory. */
export const endpointErrors = {
  FIELD_INVALID: entry({
    status: 400,
    rpc: -32602,
    exit: 4,
    title: 'A member of the request does not fit',
    message: '{what} does not fit: {detail}.',
    fix: 'docs/chat.md says what is taken.',
  }),
  RESPONSE_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such response',
    message: 'There is no response {response}.',
    fix: 'Only responses that were asked for with `store` (the default) are kept; send the whole conversation as `input` instead.',
  }),
  RESPONSE_STATE: entry({
    status: 400,
    rpc: -32602,
    exit: 4,
    title: 'Not in the state for this',
    message: 'The response {response} is {state}: {detail}.',
    fix: 'GET /v1/responses/{response} shows where it stands.',
  }),
  SOCKETS_BUSY: entry({
    status: 429,
    rpc: -32603,
    exit: 5,
    title: 'Too much at once over WebSockets',
    message: 'The hub takes {limit} {what} at once.',
    fix: 'Wait until one of them is done, then ask again; over HTTP there is no such limit.',
  }),
  STREAM_GONE: entry({
    status: 410,
    rpc: -32603,
    exit: 5,
    title: 'The stream is no longer kept',
    message: 'What {response} said after event {after} is no longer kept.',
    fix: 'Streams can be taken up again for a few minutes, and not from before what they hold; ask again.',
  }),
  HUB_STOPPING: entry({
    status: 503,
    rpc: -32603,
    exit: 7,
    title: 'The hub stopped',
    message: 'The hub was stopped before the answer was whole.',
    fix: 'Ask again once it runs.',
  }),
  CONVERSATION_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such conversation',
    message: 'There is no conversation {conversation}.',
    fix: '`hub conversations list` shows all; POST /v1/conversations makes one.',
  }),
  MEMORY_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'Nothing is remembered under this name',
    message: 'The memory holds nothing of kind {kind} about {subject}.',
    fix: '`hub memory list` shows all that is remembered.',
  }),
} as const;
