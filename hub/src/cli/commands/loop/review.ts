import { LoopId } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { runningHub } from '../../running/with-hub.ts';

/** `hub review`: the page on which builds and changed tools are looked at and decided. */
export const review = defineCommand({
  name: 'review',
  group: 'builds',
  summary: 'Look at what waits for a decision on a page, and decide',
  description:
    'Shows the address of a page of the running hub, for a browser on this machine. Of a build it shows what the server will be able to do, what it may reach and read, which secrets it is given, its files beside those of the version in use, its tests and its author; what you take the tick from is denied before it is installed. Whoever has the address may decide, for an hour: it is not for a chat.',
  arguments: [['[what]', 'A build’s id, or a server of which tools changed (default: all that waits)']],
  examples: [
    ['hub review', 'everything that waits, and what was decided'],
    ['hub review b-0k3f9x2m1q', 'one build'],
  ],
  input: z.object({ what: z.string().optional() }),
  async run(context, { what }) {
    const hub = await runningHub(context);
    const isBuild = LoopId.safeParse(what).success;
    const link = await hub.review(what === undefined ? {} : isBuild ? { build: what } : { server: what });
    context.result(
      link,
      () =>
        `Open this in a browser on this machine; it decides for you, and works for an hour:\n\n  ${link.url}`,
    );
  },
});
