import { defineTool, ToolFailure } from '@counterpart/kit';
import { z } from 'zod';
import { askLine } from '../line-client.ts';

const LONGEST_WAIT_MS = 10_000;

/** Asks over a socket; the connection ends with the answer, the time limit, or the call, whichever comes first. */
export const askService = defineTool({
  name: 'ask_service',
  title: 'Ask the service',
  description: 'Sends one line to the service and answers the line that comes back, within 10 seconds.',
  effect: 'read',
  input: z.strictObject({
    line: z
      .string()
      .regex(/^[^\r\n]+$/, 'one line')
      .describe('What to send, without a line end.'),
  }),
  output: z.strictObject({ answer: z.string() }),
  async run({ line }, { setting, signal }) {
    const address = setting('TEMPLATE_ADDRESS');
    if (address === undefined) throw new ToolFailure('Say where the service listens: set TEMPLATE_ADDRESS.');
    const ends = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MS)]);
    return { answer: await askLine({ address, line, signal: ends }) };
  },
});
