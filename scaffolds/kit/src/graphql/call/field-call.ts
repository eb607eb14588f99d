import type { Blueprint, GraphqlFieldCall, Json, Operation } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import type { Wire } from '../../interpret/wire.ts';
import type { Arguments } from '../../tools/tool.ts';
import { schemaOf } from '../schema/known.ts';
import { adviceOn, answerOf, errorLines, withNotes, type GraphqlAnswer } from './answer.ts';
import { documentWith } from './chosen-fields.ts';
import { carry, variablesOf } from './request.ts';

function wishesOf({ selection }: GraphqlFieldCall, args: Arguments): string[] {
  const wishes = selection === undefined ? undefined : args[selection];
  return Array.isArray(wishes) ? wishes.filter((wish): wish is string => typeof wish === 'string') : [];
}

/** The document that a call sends. */
export function documentOf(blueprint: Blueprint, call: GraphqlFieldCall, args: Arguments): string {
  const wishes = wishesOf(call, args);
  return wishes.length === 0 ? call.document : documentWith(call, wishes, schemaOf(blueprint));
}

function valueOf({ data, errors }: GraphqlAnswer, field: string): Json {
  const value = data?.[field] ?? null;
  if (value === null && errors.length > 0)
    throw new ToolFailure(`The service refused ${field}:\n${errorLines(errors)}`, {
      nextStep: adviceOn(errors),
    });
  return value;
}

/** How a root field's call is put on the wire and its answer taken off: its value alone, as if it were the whole answer. */
export function fieldExchange(blueprint: Blueprint, operation: Operation, call: GraphqlFieldCall): Wire {
  let answer: GraphqlAnswer | undefined;
  let isNothing = false;
  return {
    toRequest: (args) =>
      carry(blueprint, operation, {
        query: documentOf(blueprint, call, args),
        variables: variablesOf(call, args),
      }),
    fromAnswer(sent) {
      if (sent.status === 401 || sent.status === 403) return sent;
      answer = answerOf(sent);
      if (answer === undefined) return sent;
      const value = valueOf(answer, call.field);
      isNothing = value === null;
      const headers = { ...sent.headers, 'content-type': 'application/json' };
      return { ...sent, status: 200, headers, body: Buffer.from(JSON.stringify(value)) };
    },
    finish(result) {
      if (answer === undefined || result.isError === true) return result;
      if (!isNothing) return withNotes(result, answer);
      const text = `null: the service has no ${call.field} for these arguments.`;
      return withNotes({ content: [{ type: 'text', text }], structuredContent: {} }, answer);
    },
  };
}
