import { entry } from './entry.ts';

/** What the broker does not let pass. No message holds a path, a header or a credential. */
export const brokerErrors = {
  HOST_REFUSED: entry({
    status: 403,
    rpc: -32603,
    exit: 8,
    title: 'Host is not allowed',
    message: '{server} may not reach {host}: {rule}.',
    fix: 'If it should, add "{host}" to `network.allow` of {server} in hub.config.json; for every hub, declare it in `permissions.net` of its manifest.json.',
  }),
  ADDRESS_REFUSED: entry({
    status: 403,
    rpc: -32603,
    exit: 8,
    title: 'Host leads to an address that is not allowed',
    message: '{server} may not reach {host}: it leads to {address}, which is {kind}, and {rule}.',
    fix: 'If {host} is meant to be there, add it to `network.allow` of {server} in hub.config.json; otherwise find out who changed its name record.',
  }),
  BROKER_REQUEST_INVALID: entry({
    status: 400,
    rpc: -32603,
    exit: 8,
    title: 'Request cannot be passed on',
    message: 'A request of {server} was not passed on: {detail}.',
    fix: 'Send it with the HTTP client of the kit (`context.http`), which speaks to the broker in the form it takes.',
  }),
  RATE_LIMITED: entry({
    status: 429,
    rpc: -32603,
    exit: 6,
    title: 'Too many requests of one server',
    message: '{server} may send {rate} requests a minute, and has; the next may go in {seconds} s.',
    fix: 'Call again then, or raise `network.ratePerMinute` of {server} in hub.config.json.',
  }),
  SERVICE_PAUSED: entry({
    status: 503,
    rpc: -32603,
    exit: 6,
    title: 'Service is down',
    message: '{host} failed several times in a row, so that {server} asks it nothing for {seconds} s.',
    fix: 'Call again then: one request will see whether it is back. `network.circuit` of {server} in hub.config.json says when calls pause.',
  }),
  WALLS_FILE_REFUSED: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'File cannot be shown inside walls',
    message: '{server} cannot be shown {path} inside its walls: {reason}.',
    fix: 'Name a file or folder that holds only what it needs in `files` of {server} in hub.config.json.',
  }),
  WALLS_UNUSED: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'Limits without walls',
    message:
      '{server} has `{member}` in hub.config.json and no walls, so that nothing would hold it to that.',
    fix: 'Add "walls": "sandbox" to {server}, or remove `{member}`.',
  }),
  WALLS_MISSING: entry({
    status: 503,
    rpc: -32603,
    exit: 5,
    title: 'No walls for a server',
    message: '{server} is to run inside walls, and there is no sandbox for it: {detail}.',
    fix: 'Install bubblewrap (`apt install bubblewrap`) or start a Docker engine; `hub doctor` shows what is found. Only for a server that is trusted with this machine: set its `walls` to "none".',
  }),
} as const;
