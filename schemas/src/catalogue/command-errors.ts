import { entry } from './entry.ts';

/** Anything at all, the command line, and configurations of clients. */
export const commandErrors = {
  INTERNAL: entry({
    status: 500,
    rpc: -32603,
    exit: 1,
    title: 'Unexpected failure',
    message: 'Something failed that should not: {detail}',
    fix: 'Run `hub doctor`; if it finds nothing, report this with the lines of `hub logs` around it.',
  }),
  USAGE: entry({
    status: 400,
    rpc: -32602,
    exit: 2,
    title: 'Command not understood',
    message: '{detail}',
    fix: 'Run `{command} --help`.',
  }),
  INPUT_INVALID: entry({
    status: 400,
    rpc: -32602,
    exit: 4,
    title: 'Input does not fit',
    message: 'The input of {subject} does not fit: {detail}',
    fix: 'Correct the named fields and send it again.',
  }),
  CLIENT_CONFIG_INVALID: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'Client configuration cannot be read',
    message: '{file} cannot be read: {detail}',
    fix: 'Nothing was changed. Mend the file in its own program, then try again.',
  }),
  CLIENT_NOT_FOUND: entry({
    status: 404,
    rpc: -32603,
    exit: 3,
    title: 'Client is not installed',
    message: 'Found no configuration of {client} at {file}.',
    fix: 'Start {client} once, or name the file: `hub connect <client> --file <path>`, `hub import <path>`.',
  }),
  CLIENT_SERVER_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such server in that configuration',
    message: '{file} has no server named {server}.{suggestion}',
    fix: '`hub import --dry-run` shows what can be imported.',
  }),
  UNDO_NOTHING: entry({
    status: 404,
    rpc: -32603,
    exit: 3,
    title: 'Nothing to undo',
    message: 'No change is recorded in {directory}{detail}.',
    fix: '`hub undo --list` shows the changes that can be undone.',
  }),
  UNDO_CONFLICT: entry({
    status: 409,
    rpc: -32603,
    exit: 8,
    title: 'Changed since',
    message: '{file} was changed after the change that would be undone.',
    fix: 'Look at it, then undo with --force; the present state is kept as a backup too.',
  }),
};
