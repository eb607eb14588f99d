import { hubError } from '@counterpart/schemas';
import { SeedMirrorRequest } from '@counterpart/schemas/mirror/api';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { count } from '../../output/text/format.ts';
import { readText } from '../../input/read-text.ts';
import { withHub } from '../../running/with-hub.ts';

const NAME = ['<name>', 'A mirror’s or a built server’s name'] as const;

export const seed = defineCommand({
  name: 'seed',
  parent: 'mirror',
  group: 'builds',
  summary: 'Put data into a mirror, or take another seed',
  description:
    'The file holds lists of things by collection. A thing without an id gets one. Another seed makes everything up anew and forgets what was there.',
  arguments: [NAME, ['[file]', 'JSON such as {"pets": [{"id": 1, "name": "Rex"}]}']],
  options: [['--seed <number>', 'What made-up data depends on']],
  examples: [
    ['hub mirror seed petstore pets.json', 'two pets to begin with'],
    ['hub mirror seed petstore --seed 7', 'other made-up data'],
  ],
  input: z.object({
    name: z.string(),
    file: z.string().optional(),
    seed: z.coerce.number().int().optional(),
  }),
  async run(context, { name, file, seed: number }) {
    if (file === undefined && number === undefined)
      throw hubError('USAGE', { detail: 'a file or --seed is needed', command: 'hub mirror seed' });
    const data = file === undefined ? undefined : await readData(context.io.cwd, file);
    const request = {
      ...(number === undefined ? {} : { seed: number }),
      ...(data === undefined ? {} : { data }),
    };
    const seeded = await withHub(context, (hub) => hub.mirrors.seed(name, request));
    context.result(seeded, () => `${count(seeded.added, 'thing')} put in, seed ${seeded.seed}.`);
  },
});

async function readData(cwd: string, file: string): Promise<SeedMirrorRequest['data']> {
  const refuse = (detail: string, cause?: unknown): Error =>
    hubError('INPUT_INVALID', { subject: file, detail }, { cause });
  const text = await readText(cwd, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const parsed = SeedMirrorRequest.shape.data.safeParse(value);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error));
  return parsed.data;
}

export const reset = defineCommand({
  name: 'reset',
  parent: 'mirror',
  group: 'builds',
  summary: 'Forget what a mirror holds',
  description:
    'What was created and changed, how far a scenario came, the place in the recording and what spying found. Recordings, scenarios and faults stay.',
  arguments: [NAME],
  examples: [['hub mirror reset petstore', 'before the next test']],
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    await withHub(context, (hub) => hub.mirrors.reset(name));
    context.result({ name, reset: true }, () => `${context.paint.strong(name)} is as it was at first.`);
  },
});
