import type { StringValueNode } from 'graphql';
import { instructionIn } from '../../openapi/text/instructions.ts';
import type { Definitions } from './definitions.ts';
import { lineOf, type Losses } from './losses.ts';

interface Described {
  readonly name: { readonly value: string };
  readonly description?: StringValueNode | undefined;
  readonly arguments?: readonly Described[];
}

/** Tells of every description that speaks to the model instead of about the service; what is read leaves the words out. */
export function reportInstructions({ description, types }: Definitions, losses: Losses): void {
  const look = (text: string | undefined, pointer: string, line: number | undefined): void => {
    const found = text === undefined ? undefined : instructionIn(text.slice(0, 20_000));
    if (found === undefined) return;
    const reason = `Its description ${found}; those words were left out.`;
    losses.notice('instructions-in-text', pointer, reason, line);
  };
  const lookInside = (node: Described, pointer: string): void => {
    const place = `${pointer}/${node.name.value}`;
    look(node.description?.value, place, node.description && lineOf(node.description));
    for (const argument of node.arguments ?? []) lookInside(argument, place);
  };
  look(description, '#/schema', undefined);
  for (const type of types.values()) {
    look(type.description, `#/${type.name}`, type.line);
    for (const node of [...type.fields, ...type.inputs, ...type.values]) lookInside(node, `#/${type.name}`);
  }
}
