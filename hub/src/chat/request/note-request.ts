import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { REQUEST_ID } from '../../kernel/ids.ts';

const SHOWN = 200;
/** Anything else a client calls its request by stays out of the log. */
const USABLE = /^[\w.:-]{1,128}$/;
const CLIENT_IDS = ['x-client-request-id', REQUEST_ID];

/** What the client itself calls its request, for whoever looks for it by that name. */
export function clientIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const sent = CLIENT_IDS.map((name) => headers[name]);
  return sent.find((id): id is string => typeof id === 'string' && USABLE.test(id));
}

interface Noted {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly principal?: string | undefined;
}

/** Writes one line when the answer has ended. What this returns takes the code of the error that it was answered with. */
export function noteRequest(
  { log, clock }: { readonly log: Logger; readonly clock: Clock },
  { req, res, principal }: Noted,
): (code: ErrorCode) => void {
  const began = clock.now();
  let failure: ErrorCode | undefined;
  res.once('close', () => {
    const { method, url = '' } = req;
    const path = url.split('?', 1)[0]?.slice(0, SHOWN);
    const facts = {
      clientRequest: clientIdOf(req),
      method,
      path,
      principal,
      status: res.headersSent ? res.statusCode : undefined,
      code: failure,
      durationMs: clock.now() - began,
      ...(res.writableFinished ? {} : { isCutOff: true }),
    };
    log.info(facts, 'a request to /v1 was answered');
  });
  return (code) => void (failure = code);
}
