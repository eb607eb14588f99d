import type { MirrorParts } from '@counterpart/schemas';
import { harText } from '../recording/har-text.ts';

/** The files of an exported mirror beside its program: text by path. Nothing in them is secret. */
export function mirrorFiles(parts: MirrorParts, version: string): Readonly<Record<string, string>> {
  const { name, blueprint, settings, memory, scenarios, recordings } = parts;
  return {
    'blueprint.json': json(blueprint),
    'mirror.json': json({ name, settings, memory, scenarios }),
    'package.json': json({
      name: `${name}-mirror`,
      private: true,
      type: 'module',
      engines: { node: '>=22' },
    }),
    'README.md': readme(parts),
    ...Object.fromEntries(
      Object.entries(recordings).map(([recording, har]) => [
        `recordings/${recording}.har`,
        harText(har.log.entries, version),
      ]),
    ),
  };
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Text of a description as one line of Markdown that is only text. */
const plain = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>#|!]/g, '\\$&')
    .slice(0, 200);

function readme({ name, blueprint, settings, scenarios, recordings }: MirrorParts): string {
  const kept = Object.values(recordings).reduce((sum, { log }) => sum + log.entries.length, 0);
  return `# The mirror of ${plain(blueprint.title)}

A program that answers as the service would: ${blueprint.operations.length} operations, seed ${settings.seed}, ${kept} recorded answers, ${Object.keys(scenarios).length} scenarios. It needs Node 22 or newer and nothing else.

    node mirror.js --port 4010

| option | does |
| --- | --- |
| \`--port <number>\` | listens there; default: a free port, which is printed |
| \`--host <address>\` | default 127.0.0.1: this machine only |
| \`--mode <mode>\` | simulate, replay, hybrid, pass or spy; default: as exported |
| \`--quiet\` | prints no line for each request |

It begins every time as it was exported, and writes nothing down. No credential is in this folder.

| file | holds |
| --- | --- |
| \`mirror.js\` | the program |
| \`blueprint.json\` | what the service is |
| \`mirror.json\` | settings, state, faults and scenarios of ${name} |
| \`recordings/\` | recorded exchanges, HAR 1.2 |
`;
}
