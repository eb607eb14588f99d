import { entry } from './entry.ts';

/** People of a hub's organisation, and what is theirs. */
export const peopleErrors = {
  PERSON_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such person',
    message: 'Nobody here is named {person}.',
    fix: '`hub people list` shows everybody; `hub people add {person}` adds them.',
  }),
  PERSON_EXISTS: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'The name is taken',
    message: '{person} is here already.',
    fix: 'Choose another name, or give {person} another token with `hub people token {person}`.',
  }),
  PERSON_LIMIT: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'Too many people',
    message: 'A hub has at most {limit} people.',
    fix: 'Remove who is not here any more: `hub people remove <name>`.',
  }),
  OWNER_NEEDED: entry({
    status: 403,
    rpc: -32600,
    exit: 8,
    title: 'Only the owner may do this',
    message: '{subject} is for the owner of the hub, and was asked by {person}.',
    fix: 'Ask the owner of the hub to do it.',
  }),
};
