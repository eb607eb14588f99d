import { resolve } from 'node:path';
import { hubError, type RecordingState } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { bytes, count } from '../../output/text/format.ts';
import { writeGiven } from '../../output/write-given.ts';
import { withHub } from '../../running/with-hub.ts';

const Input = z.object({
  server: z.string(),
  start: z.boolean().default(false),
  stop: z.boolean().default(false),
  out: z.string().optional(),
});

export const record = defineCommand({
  name: 'record',
  group: 'servers',
  summary: 'Keep what a server inside walls asks of its services',
  description:
    'The broker keeps requests and answers of the server in memory, up to 2,000 of them and 32 MB, until it is told to stop or the hub ends. Credentials, tokens and passwords are taken out before anything is kept. With --out what there is becomes a HAR 1.2 file, from which `hub build --from` makes a server.',
  arguments: [['<server>', 'A server with walls around it']],
  options: [
    ['--start', 'Begin anew; what was kept before is gone'],
    ['--stop', 'End it; what was kept stays until the hub ends'],
    ['-o, --out <file>', 'Write what was kept as a HAR file'],
  ],
  examples: [
    ['hub record weather --start', 'then call its tools'],
    ['hub record weather --stop --out weather.har', 'and `hub build --from weather.har`'],
    ['hub record weather', 'how much there is'],
  ],
  input: Input,
  async run(context, input) {
    if (input.start && (input.stop || input.out !== undefined))
      throw hubError('USAGE', {
        detail: '--start begins anew: it stands without --stop and --out.',
        command: 'hub record',
      });
    const { state, file } = await withHub(context, async (hub) => ({
      state: await turned(hub, input),
      file: input.out === undefined ? undefined : await save(hub, context, input.server, input.out),
    }));
    context.result(
      { server: input.server, recording: state ?? null, ...(file === undefined ? {} : { file }) },
      () =>
        [
          words(input.server, state),
          ...(file === undefined ? [] : [`Written to ${file}.`]),
          next(input, state),
        ]
          .filter(Boolean)
          .join('\n'),
    );
  },
});

async function turned(
  hub: HubApi,
  { server, start, stop }: z.infer<typeof Input>,
): Promise<RecordingState | undefined> {
  if (start) return await hub.record(server, 'start');
  if (stop) return await hub.record(server, 'stop');
  return (await hub.server(server)).recording;
}

async function save(hub: HubApi, { io }: Context, server: string, out: string): Promise<string> {
  const file = resolve(io.cwd, out);
  const har = await hub.recording(server);
  await writeGiven(file, JSON.stringify(har, undefined, 2));
  return file;
}

function words(server: string, state: RecordingState | undefined): string {
  if (state === undefined) return `Nothing of ${server} is being recorded.`;
  const held = `${count(state.entries, 'request')}, ${bytes(state.bytes)}`;
  switch (state.state) {
    case 'running':
      return `What ${server} asks is being recorded: ${held} so far.`;
    case 'stopped':
      return `The recording of ${server} has ended: ${held}.`;
    case 'full':
      return `The recording of ${server} holds as much as one may: ${held}.`;
  }
}

function next({ server, out }: z.infer<typeof Input>, state: RecordingState | undefined): string {
  if (out !== undefined) return `Next: \`hub build --from ${out}\``;
  return state === undefined
    ? `Next: \`hub record ${server} --start\``
    : `Next: call its tools, then \`hub record ${server} --stop --out ${server}.har\``;
}
