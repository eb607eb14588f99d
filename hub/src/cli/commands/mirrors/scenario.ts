import { hubError } from '@counterpart/schemas';
import { Scenario } from '@counterpart/schemas/mirror/scenario';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { readText } from '../../input/read-text.ts';
import { withHub } from '../../running/with-hub.ts';

export const scenario = defineCommand({
  name: 'scenario',
  parent: 'mirror',
  group: 'builds',
  summary: 'Play a course of events: certain requests get certain answers, in order',
  description:
    'A scenario is a JSON file: a name and steps, each with a match (method, path, query, headers, body) and an answer (status, headers, json or text) that may use parts of the request. What no step answers is answered as ever. docs/mirrors.md tells more.',
  arguments: [
    ['<name>', 'A mirror’s or a built server’s name'],
    ['[scenario]', 'Name of the scenario to play from its beginning'],
  ],
  options: [
    ['-a, --add <file>', 'Keep the scenario of this file, and play it'],
    ['--off', 'Play none'],
  ],
  examples: [
    ['hub mirror scenario shop --add sold-out.json', 'keeps it and plays it'],
    ['hub mirror scenario shop sold-out', 'plays it again from its beginning'],
    ['hub mirror scenario shop --off', 'answers as ever'],
    ['hub mirror scenario shop', 'which there are, and which one plays'],
  ],
  input: z.object({
    name: z.string(),
    scenario: z.string().optional(),
    add: z.string().optional(),
    off: z.boolean().default(false),
  }),
  async run(context, { name, scenario: wanted, add, off }) {
    const define = add === undefined ? undefined : await readScenario(context.io.cwd, add);
    const play = off ? null : (wanted ?? define?.name);
    const request = {
      ...(define === undefined ? {} : { define }),
      ...(play === undefined ? {} : { play }),
    };
    const result = await withHub(context, (hub) => hub.mirrors.scenario(name, request));
    const { paint } = context;
    context.result(result, () =>
      result.scenarios.length === 0
        ? 'No scenarios yet. `hub mirror scenario <name> --add <file>` keeps one.'
        : result.scenarios
            .map((each) => `${each === result.playing ? paint.good('▶') : ' '} ${each}`)
            .join('\n'),
    );
  },
});

async function readScenario(cwd: string, file: string): Promise<Scenario> {
  const refuse = (detail: string, cause?: unknown): Error =>
    hubError('INPUT_INVALID', { subject: file, detail }, { cause });
  const text = await readText(cwd, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const parsed = Scenario.safeParse(value);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error));
  return parsed.data;
}
