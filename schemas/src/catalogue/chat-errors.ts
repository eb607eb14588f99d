import { entry } from './entry.ts';

/** Answers of the orchestrator that ended before they were whole. */
export const chatErrors = {
  CHAT_LIMIT: entry({
    status: 429,
    rpc: -32603,
    exit: 5,
    title: 'The answer took too much',
    message: 'The answer was ended: it took {detail}, the most that `{setting}` allows.',
    fix: 'Ask for less at once, or raise `{setting}` in hub.config.json.',
  }),
  CHAT_REPEATED: entry({
    status: 422,
    rpc: -32603,
    exit: 5,
    title: 'The model goes in circles',
    message: 'The model called {tool} with the same arguments {times} times.',
    fix: 'Ask in other words, or with a larger model (`hub/heavy`).',
  }),
  CHAT_PENDING_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'Nothing waits under this id',
    message: 'No call waits for a decision under {id}.',
    fix: 'It was decided on already, or its conversation went on. `GET /api/chat/pending` lists those that wait.',
  }),
  CHAT_LOST: entry({
    status: 503,
    rpc: -32603,
    exit: 7,
    title: 'The hub went away',
    message: 'The hub at {url} went away while it was asked: {detail}',
    fix: '`hub status` says whether it runs, and `hub start` starts it; the conversation is kept, and the question can be asked again.',
  }),
  CHAT_FAILED: entry({
    status: 502,
    rpc: -32603,
    exit: 6,
    title: 'The chat gave no answer',
    message: 'The chat gave no answer: {detail}',
    fix: '`hub doctor` looks at the hub and its models; the question can be asked again.',
  }),
};
