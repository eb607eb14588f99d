import { RecordingName, type MirrorChange } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { count } from '../../output/text/format.ts';
import { withHub } from '../../running/with-hub.ts';
import { readHarFile } from '../../input/har-file.ts';
import { renderMirror } from './render.ts';

const Target = z.url({ protocol: /^https?$/, error: 'an http or https address is needed' }).optional();

/** Members that were given; the others stay as they are. */
const given = (change: Readonly<Record<string, unknown>>): MirrorChange =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

export const record = defineCommand({
  name: 'record',
  parent: 'mirror',
  group: 'builds',
  summary: 'Pass requests on to the real service and keep the answers',
  description:
    'Switches a mirror to recording. Exchanges are kept as a HAR 1.2 file in the data folder; credentials, tokens and passwords are taken out before anything is written. With --import, a HAR file from elsewhere is taken into the recording instead.',
  arguments: [['<name>', 'A mirror’s or a built server’s name']],
  options: [
    ['-r, --recording <name>', 'Recording to write to (default: default)'],
    ['--target <url>', 'Address of the real service, instead of the description’s'],
    [
      '--credentials <whose>',
      'caller: as they are sent; environment: the hub’s own',
      { choices: ['caller', 'environment'] },
    ],
    ['--import <file>', 'Take a HAR file in and leave the mode as it is'],
  ],
  examples: [
    ['hub mirror record weather', 'then call /mirror/weather/ as if it were the service'],
    ['hub mirror record weather --import traffic.har', 'what a browser recorded'],
  ],
  input: z.object({
    name: z.string(),
    recording: RecordingName.optional(),
    target: Target,
    credentials: z.enum(['caller', 'environment']).optional(),
    import: z.string().optional(),
  }),
  async run(context, { name, import: file, ...settings }) {
    if (file !== undefined) {
      const har = await readHarFile(context.io.cwd, file);
      const taken = await withHub(context, (hub) =>
        hub.mirrors.importRecording(name, settings.recording ?? 'default', har),
      );
      context.result(
        taken,
        () =>
          `The recording ${taken.name} holds ${count(taken.entries, 'answer')} now. \`hub mirror replay ${name}\` answers with them.`,
      );
      return;
    }
    const changed = await withHub(context, (hub) =>
      hub.mirrors.change(name, given({ mode: 'record', ...settings })),
    );
    context.result(changed, () => renderMirror(context, changed));
  },
});

export const replay = defineCommand({
  name: 'replay',
  parent: 'mirror',
  group: 'builds',
  summary: 'Answer from recordings only',
  description:
    'Requests are matched by method, path, query and body; equal requests get the recorded answers in their order. What was not recorded is answered 502, with the nearest recorded request and in what it differs.',
  arguments: [['<name>', 'A mirror’s or a built server’s name']],
  options: [
    ['-r, --recording <name>', 'Recording to answer from first (default: default)'],
    ['--ignore-query <name>', 'A query parameter that may differ', { repeat: true }],
    ['--ignore-body', 'Bodies may differ'],
  ],
  examples: [
    ['hub mirror replay weather', 'the real service is not asked'],
    ['hub mirror replay weather --ignore-query timestamp', 'that parameter may differ'],
  ],
  input: z.object({
    name: z.string(),
    recording: RecordingName.optional(),
    ignoreQuery: z.array(z.string()).optional(),
    ignoreBody: z.boolean().default(false),
  }),
  async run(context, { name, recording, ignoreQuery, ignoreBody }) {
    const isLoose = ignoreQuery !== undefined || ignoreBody;
    const match = { ignoreQuery: ignoreQuery ?? [], ignoreBody: [], body: ignoreBody ? 'ignore' : 'exact' };
    const changed = await withHub(context, (hub) =>
      hub.mirrors.change(name, given({ mode: 'replay', recording, match: isLoose ? match : undefined })),
    );
    context.result(changed, () => renderMirror(context, changed));
  },
});
