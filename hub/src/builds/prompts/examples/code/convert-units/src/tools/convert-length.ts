import { defineTool, ToolFailure } from '@counterpart/kit';
import { z } from 'zod';

const METRES: Readonly<Record<string, number>> = {
  mm: 0.001,
  cm: 0.01,
  m: 1,
  km: 1_000,
  in: 0.0254,
  ft: 0.3048,
};
const UNITS = Object.keys(METRES).join(', ');

/** Metres in one of a unit. Throws ToolFailure for a unit that is not known. */
export function metresIn(unit: string): number {
  const metres = METRES[unit];
  if (metres === undefined)
    throw new ToolFailure(`"${unit}" is no unit of length here; use one of ${UNITS}.`);
  return metres;
}

/** Converts a length from one unit to another. */
export const convertLength = defineTool({
  name: 'convert_length',
  title: 'Convert a length',
  description: `Converts a length between ${UNITS}. Answers with six significant digits.`,
  effect: 'read',
  input: z.strictObject({
    value: z.number().min(-1e12).max(1e12).describe('The length, in the unit `from`.'),
    from: z.string().max(8).describe('Unit of the value, such as "ft".'),
    to: z.string().max(8).describe('Unit of the answer, such as "m".'),
  }),
  output: z.strictObject({ value: z.number().describe('The length, in the unit `to`.') }),
  run: ({ value, from, to }) => ({ value: Number(((value * metresIn(from)) / metresIn(to)).toPrecision(6)) }),
});
