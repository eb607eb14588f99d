import type { Core } from '../core.ts';
import { invalidRequest, type Fault } from '../wire/fault.ts';
import { bytesOnOneLine, utf8Wire, type Wire } from '../wire/frame.ts';
import { serveLegacy, takeNotification } from './legacy.ts';
import { errorFrame, readMessage, type ClientRequest } from '../wire/message.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';
import type { Session } from './session.ts';
import { BATCH_VERSION } from '../wire/versions.ts';

/** Serves a JSON-RPC batch, which only 2025-03-26 has; a fault when it is not one that can be served. */
export function serveBatch(
  core: Core,
  session: Session,
  values: readonly unknown[],
  channel: ReplyChannel,
): Fault | undefined {
  if (session.version !== BATCH_VERSION) return invalidRequest(`batches are not part of ${session.version}`);
  if (values.length === 0 || values.length > core.limits.maxBatch)
    return invalidRequest(`a batch has 1 to ${core.limits.maxBatch} messages`);
  const answers: string[] = [];
  const requests: ClientRequest[] = [];
  for (const message of values.map(readMessage)) {
    if (message.kind === 'request') requests.push(message);
    else if (message.kind === 'notification') takeNotification(session, message);
    else if (message.kind === 'response') session.answered(message);
    else
      answers.push(
        errorFrame(message.idText, { code: -32600, message: `Invalid request: ${message.problem}` }),
      );
  }
  let waiting = requests.length;
  const collect = (text: string | undefined): void => {
    if (text !== undefined) answers.push(text);
    waiting--;
    if (waiting > 0) return;
    // An empty list is no answer (JSON-RPC 2.0, 6).
    if (answers.length === 0) channel.drop();
    else channel.finish(utf8Wire(`[${answers.join(',')}]`));
  };
  if (waiting === 0) collect(undefined);
  for (const request of requests) serveLegacy(core, session, request, partOf(channel, collect));
  return undefined;
}

/** The way back of one request of a batch: notifications go ahead, its answer waits for the others. */
function partOf(channel: ReplyChannel, collect: (text: string | undefined) => void): ReplyChannel {
  let answered = false;
  const once = (text: string | undefined): void => {
    if (answered) return;
    answered = true;
    collect(text);
  };
  return {
    get streams() {
      return channel.streams;
    },
    send: (frame) => channel.send(frame),
    finish: (wire) => once(textOf(wire)),
    drop: () => once(undefined),
  };
}

function textOf(wire: Wire): string {
  if (wire.kind === 'utf8') return wire.text;
  return (
    wire.kind === 'latin1' ? Buffer.from(wire.text, 'latin1') : Buffer.concat(wire.parts.map(bytesOnOneLine))
  ).toString();
}
