import { errorCatalogue, type CounterpartError } from '@counterpart/schemas';
import { toErrorBody } from '../errors.ts';

/** Which events of a connection belong together: what the client called it, or nothing. */
export type Lane = string | undefined;

const DATA = '\ndata: ';

/** The events in a text of a journal, one JSON document each, as messages of their lane. */
export const messagesIn = (text: string, lane: Lane): string[] =>
  text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => onLane(event.slice(event.indexOf(DATA) + DATA.length), lane));

const onLane = (json: string, lane: Lane): string =>
  lane === undefined ? json : `{"stream_id":${JSON.stringify(lane)},${json.slice(1)}`;

/** Codes by which clients of this protocol know what to do next. */
const CODES: Readonly<Partial<Record<CounterpartError['code'], string>>> = {
  RESPONSE_UNKNOWN: 'previous_response_not_found',
};

/** Why a request has no answer, as an `error` event. */
export function errorMessage(error: CounterpartError, lane: Lane): string {
  const { error: body } = toErrorBody(error);
  const code = CODES[error.code] ?? body.code;
  const { status } = errorCatalogue[error.code];
  return onLane(JSON.stringify({ type: 'error', status, error: { ...body, code } }), lane);
}
