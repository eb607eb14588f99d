import type { Json, JsonObject, OperationLink } from '@counterpart/schemas';
import type { OperationContext } from '../document/context.ts';
import { Unusable } from '../document/omissions.ts';
import { localPointer, resolveObject, type Located } from '../document/references.ts';
import { objectMember, pointerTo, textMember } from '../source/json-tree.ts';
import { shortDescription } from '../text/text.ts';

const MAX_LINKS = 40;

/** The links of an operation's answers: which other tool can be called with what of them. */
export function linksOf(operation: Located<JsonObject>, context: OperationContext): OperationLink[] {
  const responses = pointerTo(operation.pointer, 'responses');
  return Object.entries(objectMember(operation.value, 'responses'))
    .flatMap(([status, value]) => {
      const response = resolveOr({ value, pointer: pointerTo(responses, status) }, context);
      return Object.entries(objectMember(response?.value, 'links')).flatMap(
        ([name, link]): OperationLink[] => {
          const at = { value: link, pointer: pointerTo(response?.pointer ?? responses, 'links', name) };
          const found = resolveOr(at, context);
          return found === undefined ? [] : [toLink(name, status, found.value, context)];
        },
      );
    })
    .slice(0, MAX_LINKS);
}

/** Undefined for a link that cannot be found: nothing of the call is lost with it. */
function resolveOr(at: Located, context: OperationContext): Located<JsonObject> | undefined {
  try {
    return resolveObject(context.root, at);
  } catch (error) {
    if (error instanceof Unusable) return undefined;
    throw error;
  }
}

function toLink(name: string, status: string, link: JsonObject, context: OperationContext): OperationLink {
  const reference = textMember(link, 'operationRef');
  const pointer = reference === undefined ? undefined : localPointer(context.root, reference);
  const to = context.toolAt(textMember(link, 'operationId') ?? pointer ?? '');
  const description = shortDescription(textMember(link, 'description'), 200);
  const body = link['requestBody'];
  const inputs = Object.entries({
    ...objectMember(link, 'parameters'),
    ...(body === undefined ? {} : { body }),
  }).filter(([key]) => key !== '__proto__');
  return {
    name,
    status,
    ...(to === undefined ? {} : { to }),
    // A parameter may be named with its place: `path.id`.
    inputs: Object.fromEntries(
      inputs.map(([key, value]) => [key.replace(/^(?:path|query|header|cookie)\./, ''), expressionOf(value)]),
    ),
    ...(description === undefined ? {} : { description }),
  };
}

const expressionOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
