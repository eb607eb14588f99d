import type { Effect, ToolDefinition } from '@counterpart/schemas';
import { z } from 'zod';

/** A call that may be tried without asking anybody. */
export interface SafeCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const Property = z.looseObject({
  examples: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
});
const Input = z.looseObject({
  /** Whole inputs, as written tools declare them. */
  examples: z.array(z.record(z.string(), z.unknown())).catch([]).default([]),
  required: z.array(z.string()).default([]),
  properties: z.record(z.string(), Property).default({}),
});

/**
 * Calls of tools that only read, with no argument or with those that their description declares as examples. Nothing else is
 * tried: a person's data is nobody's test. Those without arguments come first.
 */
export function safeCalls(
  tools: readonly ToolDefinition[],
  effectOf: (tool: string) => Effect | undefined,
): SafeCall[] {
  return tools
    .filter(({ name }) => effectOf(name) === 'read')
    .flatMap(({ name, inputSchema }): SafeCall[] => {
      const { required, properties, examples } = Input.parse(inputSchema);
      const whole = examples.find((example) => required.every((key) => example[key] !== undefined));
      if (whole !== undefined) return [{ tool: name, input: whole }];
      const input = Object.fromEntries(
        required.map((key) => [key, properties[key]?.examples?.[0] ?? properties[key]?.default]),
      );
      return Object.values(input).includes(undefined) ? [] : [{ tool: name, input }];
    })
    .toSorted((a, b) => Object.keys(a.input).length - Object.keys(b.input).length);
}
