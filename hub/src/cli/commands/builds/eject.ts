import { join, relative } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { didYouMean } from '../../../kernel/nearest.ts';
import { shellWord } from '../../output/text/format.ts';
import { readServersFolder } from '../../server-folder.ts';

export const eject = defineCommand({
  name: 'eject',
  group: 'builds',
  summary: 'Turn a compiled tool into a file that you edit',
  description:
    'Writes a compiled tool as TypeScript under src/tools/ of its server. The next build takes that file in the compiled tool’s place and leaves it alone; without the file the compiled tool is back.',
  arguments: [['<tool>', 'Its name in the hub, such as weather__get_forecast']],
  examples: [['hub eject weather__get_forecast', 'writes servers/weather/src/tools/get-forecast.ts']],
  input: z.object({ tool: z.string() }),
  async run(context, { tool }) {
    const { ejectTool } = await import('@counterpart/scaffolds/server/eject');
    const { directory, name } = locate(context, tool);
    const { file } = await ejectTool(directory, name);
    const path = join(directory, file);
    context.result({ tool, file: path }, () =>
      [
        `${context.paint.good('✓')} ${tool} is now yours: ${path}`,
        `  It takes effect, and so does every edit, with \`hub build --from ${shellWord(relative(context.io.cwd, directory) || '.')}\`.`,
      ].join('\n'),
    );
  },
});

interface Located {
  readonly directory: string;
  readonly name: string;
}

/** Built servers only, so their packages are asked and no hub is needed. */
function locate(context: Context, tool: string): Located {
  const tools = [...readServersFolder(context).servers.values()].flatMap(({ id, directory, manifest }) =>
    Object.keys(manifest.tools).map((name) => ({ hubName: `${id}__${name}`, name, directory })),
  );
  const found =
    tools.find(({ hubName }) => hubName === tool) ?? only(tools.filter(({ name }) => name === tool));
  if (found) return found;
  const suggestion = didYouMean(
    tool,
    tools.map(({ hubName }) => hubName),
  ).replace(/^ /, '. ');
  throw hubError('TOOL_UNKNOWN', { tool, suggestion });
}

const only = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);
