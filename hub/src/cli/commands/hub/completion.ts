import { z } from 'zod';
import { madeVisible } from '../../../approvals/visible.ts';
import { defineCommand } from '../../command.ts';
import { candidatesAt, type Candidate } from '../../completion/candidates.ts';
import { namesOf } from '../../completion/names.ts';
import { SCRIPTS, SHELLS, written } from '../../completion/shells.ts';
import type { Context } from '../../context.ts';
import { findHome } from '../../home.ts';

export const completion = defineCommand({
  name: 'completion',
  group: 'hub',
  summary: 'Let your shell complete commands, options and names',
  description:
    'Prints a script for your shell. It completes commands, options, and the names of servers, tools, flows, templates, secrets, people and providers: those of the hub that runs, else those in its folders. Where `hub` is on no path, an alias of this name does, set before the script is read.',
  arguments: [
    ['<shell>', SHELLS.join(', ')],
    ['[words...]', 'After --: what is typed so far, for which the script asks what can follow'],
  ],
  examples: [
    ['source <(hub completion bash)', 'for this shell; in ~/.bashrc for all'],
    ['source <(hub completion zsh)', 'the same in ~/.zshrc'],
    ['hub completion fish | source', 'the same in ~/.config/fish/config.fish'],
  ],
  input: z.object({
    shell: z.enum(SHELLS, `it is one of ${SHELLS.join(', ')}`),
    words: z.array(z.string()).default([]),
  }),
  async run(context, { shell, words }) {
    if (words.length === 0)
      return context.quote({ shell, script: SCRIPTS[shell] }, () => SCRIPTS[shell].trimEnd());
    const candidates = await candidatesFor(context, words);
    context.quote({ candidates }, () => written(shell, candidates));
  },
});

async function candidatesFor(context: Context, words: readonly string[]): Promise<Candidate[]> {
  const { commandsFor } = await import('../needed.ts');
  const { createProgram } = await import('../../program.ts');
  const hub = createProgram(
    words.length > 1 ? await commandsFor(words) : await commandsFor([]),
    { version: '', width: 80 },
    () => Promise.resolve(),
  );
  const { words: found, names } = candidatesAt(hub, words);
  const home = findHome(homeIn(words), context.io);
  const named = (await Promise.all(names.map((kind) => namesOf(home, kind)))).flat();
  const current = words.at(-1) ?? '';
  const option = /^--?[^=]+=/.exec(current)?.[0] ?? '';
  const all = [...found, ...named.map((each) => ({ ...each, value: `${option}${each.value}` }))];
  return all
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) => ({ value: madeVisible(value), description: madeVisible(description) }));
}

/** The home that the typed words name, which need not be that of the shell. */
function homeIn(words: readonly string[]): string | undefined {
  const at = words.slice(0, -1).findLastIndex((word) => word === '--home' || word.startsWith('--home='));
  return words[at] === '--home' ? words[at + 1] : words[at]?.slice('--home='.length);
}
