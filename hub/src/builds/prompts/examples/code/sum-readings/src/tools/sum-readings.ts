import { defineTool } from '@counterpart/kit';
import { z } from 'zod';
import { readMonths } from '../readings.ts';

const Month = z.string().regex(/^\d{4}-\d{2}$/);

/** Sums the readings of a meter by month. */
export const sumReadings = defineTool({
  name: 'sum_readings',
  title: 'Readings by month',
  description:
    'Kilowatt-hours of each month with readings, the oldest first. Knows no single days and no prices.',
  effect: 'read',
  input: z.strictObject({
    from: Month.optional().describe('First month, such as "2024-01"; default: the first with readings.'),
    to: Month.optional().describe('Last month, such as "2024-12"; default: the last with readings.'),
  }),
  output: z.strictObject({
    months: z.array(z.strictObject({ month: Month, kwh: z.number().describe('With one decimal.') })),
  }),
  examples: [{}],
  async run({ from = '0000-00', to = '9999-99' }, context) {
    const months = [...(await readMonths(context))].filter(([month]) => month >= from && month <= to);
    return {
      months: months
        .map(([month, kwh]) => ({ month, kwh: Number(kwh.toFixed(1)) }))
        .toSorted((a, b) => a.month.localeCompare(b.month)),
    };
  },
});
