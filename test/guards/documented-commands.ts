import type { Command } from 'commander';

/** A command line of this product as a document shows it, without `hub` and what is not part of it. */
export interface ShownCommand {
  readonly line: number;
  readonly words: readonly string[];
}

const CALL = /^(?:\$ |[^#]*\| )?(?:npx )?hub ([a-z-].*)$/;

/** The `hub …` lines of a document's code blocks and inline code. Pure. */
export function commandsIn(markdown: string): ShownCommand[] {
  let inBlock = false;
  return markdown.split('\n').flatMap((text, index) => {
    if (text.trimStart().startsWith('```')) {
      inBlock = !inBlock;
      return [];
    }
    const pieces = inBlock ? [text.trim()] : [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
    return pieces.flatMap((piece) => {
      const call = CALL.exec(piece)?.[1];
      return call === undefined ? [] : [{ line: index + 1, words: wordsOf(call) }];
    });
  });
}

/** The words before a remark (`#`, or a gap that begins a column), a pipe, or the command of somebody else (`--`). */
function wordsOf(call: string): string[] {
  const own = call.split(/\s#|\s{2,}|\s[|>]\s|\s--(?:\s|$)/)[0] ?? '';
  const unquoted = own.replaceAll(/"[^"]*"?|'[^']*'?/g, 'text');
  return unquoted.split(' ').filter((word) => word !== '');
}

/** What `hub` would not understand of a command line that a document shows; undefined when it would. Pure. */
export function misunderstood({ words }: ShownCommand, program: Command): string | undefined {
  let command = program;
  let rest = words;
  for (let found = verbOf(command, rest[0]); found !== undefined; found = verbOf(command, rest[0])) {
    command = found;
    rest = rest.slice(1);
  }
  if (command.commands.length > 0 && command.registeredArguments.length === 0) {
    // Several at once are shown as `list|show`.
    const verbs = (rest[0] ?? '').split('|').filter((verb) => /^[a-z]/.test(verb));
    const strange = verbs.find((verb) => verbOf(command, verb) === undefined);
    if (strange !== undefined) return `there is no command ${strange} of ${command.name()}`;
  }
  const known = new Set([...optionsOf(program), ...optionsOf(command), '-h', '--help']);
  const unknown = rest
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/[=.,;:…)]+.*$/, ''))
    .find((word) => !known.has(word));
  return unknown === undefined ? undefined : `${command.name()} has no option ${unknown}`;
}

const verbOf = (command: Command, word: string | undefined): Command | undefined =>
  command.commands.find((one) => one.name() === word || one.aliases().includes(word ?? ''));

const optionsOf = (command: Command): string[] =>
  command.options.flatMap(({ long, short }) => [long, short].filter((flag) => typeof flag === 'string'));
