import type { Blueprint, Operation } from '@counterpart/schemas';
import { pagingKeys, pagingProperties } from '../interpret/paging/paging-input.ts';
import { isMembers, type Members } from '../json-value.ts';
import { describedInput } from './described-input.ts';
import { withoutFixed } from './fixed-members.ts';
import { FIELDS, fieldsProperty, takesFields, type ReadingOperation } from './fields-input.ts';

type Described = ReadingOperation & Pick<Operation, 'http' | 'examples'>;

/** Properties of the input that the kit itself answers to: pages and members of the answer. */
export function addedInput(blueprint: Pick<Blueprint, 'types'>, operation: Described): Members {
  const keys = pagingKeys(operation);
  return {
    ...(keys === undefined ? {} : pagingProperties(keys)),
    ...(takesFields(blueprint, operation) ? { [FIELDS]: fieldsProperty } : {}),
  };
}

/** Longer examples say less than their schema costs. */
const LONGEST_EXAMPLE = 400;

/** One example of arguments, where they have a body whose form words alone would leave open. */
function exampleOf({ examples = [] }: Pick<Operation, 'examples'>): Members {
  const short = examples.find(
    ({ input }) => isMembers(input['body']) && JSON.stringify(input).length <= LONGEST_EXAMPLE,
  );
  return short === undefined ? {} : { examples: [short.input] };
}

/** The schema of the operation's own input with what the kit adds to it, and an example; without the types it refers to. */
export function toolInput(blueprint: Pick<Blueprint, 'types'>, operation: Described): Members {
  const input = { ...withoutFixed(describedInput(operation)), ...exampleOf(operation) };
  const added = addedInput(blueprint, operation);
  if (Object.keys(added).length === 0) return input;
  const properties = isMembers(input['properties']) ? input['properties'] : {};
  return { ...input, properties: { ...properties, ...added } };
}
