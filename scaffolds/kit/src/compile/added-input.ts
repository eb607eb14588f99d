import type { Blueprint, Operation } from '@counterpart/schemas';
import { pagingKeys, pagingProperties } from '../interpret/paging/paging-input.ts';
import { isMembers, type Members } from '../json-value.ts';
import { describedInput } from './described-input.ts';
import { FIELDS, fieldsProperty, takesFields } from './fields-input.ts';

type Described = Pick<Operation, 'input' | 'http' | 'pagination' | 'effect' | 'output'>;

/** Properties of the input that the kit itself answers to: pages and members of the answer. */
export function addedInput(blueprint: Pick<Blueprint, 'types'>, operation: Described): Members {
  const keys = pagingKeys(operation);
  return {
    ...(keys === undefined ? {} : pagingProperties(keys)),
    ...(takesFields(blueprint, operation) ? { [FIELDS]: fieldsProperty } : {}),
  };
}

/** The schema of the operation's own input with what the kit adds to it; without the types it refers to. */
export function toolInput(blueprint: Pick<Blueprint, 'types'>, operation: Described): Members {
  const input = describedInput(operation);
  const added = addedInput(blueprint, operation);
  if (Object.keys(added).length === 0) return input;
  const properties = isMembers(input['properties']) ? input['properties'] : {};
  return { ...input, properties: { ...properties, ...added } };
}
