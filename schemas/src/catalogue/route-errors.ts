import { entry } from './entry.ts';

/** Which model answers, and why none may. */
export const routeErrors = {
  MODEL_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such model',
    message: 'There is no model {model}.{suggestion}',
    fix: '`hub/auto` chooses one; `GET /v1/models` lists all, and `providers` in hub.config.json configures more.',
  }),
  ROUTE_IMPOSSIBLE: entry({
    status: 422,
    rpc: -32603,
    exit: 8,
    title: 'No model may answer this',
    message: 'No model may answer this: {detail}.',
    fix: '`hub route explain "…"` shows what every model lacks; change `routing` in hub.config.json, or configure a model that fits.',
  }),
  ROUTE_BUSY: entry({
    status: 429,
    rpc: -32603,
    exit: 5,
    title: 'Too many questions at once',
    message: 'The tier {tier} answers {running} questions, and {waiting} more wait for it.',
    fix: 'Ask again shortly, or raise `routing.tiers.{tier}.maxConcurrent` in hub.config.json.',
  }),
  DECISION_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such decision',
    message: 'There is no decision {route}.',
    fix: '`hub route list` shows those that are kept.',
  }),
  ROUTING_INVALID: entry({
    status: 422,
    rpc: -32602,
    exit: 4,
    title: 'Routing that cannot be used',
    message: 'This `routing` cannot be used, and the one before stays: {detail}',
    fix: 'docs/routing.md explains every member; `GET /api/routing` shows what is in use.',
  }),
} as const;
