import { toCounterpartError, type JsonObject, type Operation } from '@counterpart/schemas';
import { argumentsOf } from '../database/room.ts';
import { problemResponse } from '../modes/listener.ts';
import type { DecodedRequest } from '../request/decode-request.ts';
import { isObject } from '../schema/json-value.ts';
import type { CallTool } from './call-tool.ts';

/** Answers a valid request by calling the tool of its operation; undefined for one that several tools may answer. */
export async function answerLive(
  { operation, request }: { readonly operation: Operation; readonly request: DecodedRequest },
  call: CallTool,
): Promise<Response | undefined> {
  if (operation.graphql !== undefined) return undefined;
  try {
    const value = await call(toolOf(operation), givenTo(operation, request));
    return Response.json(value, { status: statusOf(operation) });
  } catch (thrown) {
    return problemResponse(toCounterpartError(thrown));
  }
}

/** A tool that a server lists by itself keeps the name it has there. */
const toolOf = ({ name, mcp }: Operation): string => {
  const listed = mcp?.definition['name'];
  return typeof listed === 'string' ? listed : name;
};

function givenTo({ mcp }: Operation, request: DecodedRequest): JsonObject {
  if (mcp === undefined) return argumentsOf(request);
  const body = request.body?.value;
  return isObject(body) ? body : {};
}

/** The first status of success that takes a body. */
function statusOf({ http }: Operation): number {
  const statuses = http.responses.map(({ status }) => Number(status));
  return statuses.find((status) => status >= 200 && status < 300 && status !== 204 && status !== 205) ?? 200;
}
