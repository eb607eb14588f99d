import { entry } from './entry.ts';

/** Posts of other programs for servers. */
export const hookErrors = {
  HOOK_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such hook',
    message: 'There is no hook {hook} with this token.',
    fix: '`hub hooks list` shows the addresses of all hooks, with their tokens.',
  }),
  HOOK_BODY_INVALID: entry({
    status: 400,
    rpc: -32602,
    exit: 4,
    title: 'Post is not JSON',
    message: 'What was posted to {hook} cannot be kept: {detail}.',
    fix: 'Post one JSON document, at most 32 MiB.',
  }),
  HOOK_FULL: entry({
    status: 507,
    rpc: -32603,
    exit: 5,
    title: 'Hook is full',
    message: 'The posts of {hook} in {folder} take {bytes} bytes; nothing more is kept.',
    fix: 'Remove old files from {folder}.',
  }),
} as const;
