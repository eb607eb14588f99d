import { entry } from './entry.ts';

/** Mirrors, their recordings and the real services behind them. */
export const mirrorErrors = {
  MIRROR_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such mirror',
    message: 'There is no mirror named {mirror}.{suggestion}',
    fix: '`hub mirror list` shows them; `hub mirror start {mirror}` makes one for a built server of that name.',
  }),
  MIRROR_STOPPED: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'Mirror is stopped',
    message: 'The mirror {mirror} is stopped.',
    fix: 'Run `hub mirror start {mirror}`.',
  }),
  MIRROR_TARGET_MISSING: entry({
    status: 422,
    rpc: -32602,
    exit: 4,
    title: 'Real service is not known',
    message:
      'The mode {mode} needs the real service of {mirror}, and its description names no absolute address.',
    fix: 'Say where it is: `hub mirror start {mirror} --target https://…`.',
  }),
  MIRROR_NOT_LIVE: entry({
    status: 422,
    rpc: -32602,
    exit: 4,
    title: 'Mirror cannot be live',
    message: 'The mirror {mirror} cannot answer in the mode live: {detail}.',
    fix: '`hub translate <server> --as graphql` or `--as rest`, with a running hub, makes a mirror that a server’s tools answer.',
  }),
  TRANSLATION_EMPTY: entry({
    status: 422,
    rpc: -32602,
    exit: 4,
    title: 'Nothing to translate',
    message: 'The server {server} offers no tool.',
    fix: '`hub inspect {server}` shows what it offers; `hub logs {server}` why it may offer nothing now.',
  }),
  MIRROR_HOST_REFUSED: entry({
    status: 403,
    rpc: -32602,
    exit: 8,
    title: 'Host is not of the service',
    message: 'The mirror {mirror} does not call {host}: its description names {allowed}.',
    fix: 'If {host} belongs to the service, start the mirror with --target and that address.',
  }),
  RECORDING_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such recording',
    message: 'The mirror {mirror} has no recording named {recording}.{suggestion}',
    fix: '`hub mirror record {mirror}` makes one; `hub mirror record {mirror} --import traffic.har` takes one in.',
  }),
  SCENARIO_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such scenario',
    message: 'The mirror {mirror} has no scenario named {scenario}.{suggestion}',
    fix: '`hub mirror scenario {mirror} --add file.json` adds one.',
  }),
  SERVICE_UNREACHABLE: entry({
    status: 502,
    rpc: -32603,
    exit: 6,
    title: 'Real service did not answer',
    message: '{url} did not answer: {detail}',
    fix: 'Check the address and the network, or let the mirror answer by itself with `hub mirror replay` or the mode simulate.',
  }),
};
