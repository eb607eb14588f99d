import { z } from 'zod';
import { askHidden, askShown } from './input/ask.ts';
import { findHome, type Home } from './home.ts';
import type { Io } from './io.ts';
import { colouredOnly, harmlessJson } from './output/text/harmless.ts';
import { createPaint, paintCode, type Paint } from './output/text/paint.ts';
import { wrap } from './output/text/wrap.ts';
import { startProgress, type Progress } from './output/progress.ts';

/** What every command takes. */
export const GlobalOptions = z.object({ home: z.string().optional(), json: z.boolean().default(false) });
export type GlobalOptions = z.infer<typeof GlobalOptions>;

/** What every command gets: where it works, where it writes, and when it must end. */
export interface Context {
  readonly io: Io;
  readonly home: Home;
  /** One JSON document on standard output instead of words. */
  readonly json: boolean;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly paint: Paint;
  /** The result: `value` with `--json`, else what `render` gives, its long lines broken at blanks. */
  result(value: unknown, render: () => string): void;
  /** A result in the words of others: as they stand, but for what would steer a terminal. */
  quote(value: unknown, render: () => string): void;
  /** Words of others on standard error, as they stand but for what would steer a terminal. */
  tell(text: string): void;
  /** A remark for a person, on standard error. Commands in backticks are coloured. */
  note(text: string): void;
  /** Shows `text` while `work` takes longer than a second. */
  working<T>(text: string, work: (progress: Progress) => Promise<T>): Promise<T>;
  /** A person is there who can be asked. */
  readonly asks: boolean;
  /** Asks for words, trimmed; without a person they are empty. */
  ask(question: string): Promise<string>;
  /** Asks for a secret; what is typed is shown nowhere. Only for a person: see `asks`. */
  askHidden(question: string): Promise<string>;
  /** Asks; without a person the answer is no. */
  confirm(question: string): Promise<boolean>;
}

/** How the reader calls this program for the home that they named: what is proposed to them has to work as it stands. */
export const calledFor = (program: string, home: string | undefined): string =>
  home === undefined ? program : `${program} --home ${/^[\w./\\:~@%+-]+$/.test(home) ? home : `"${home}"`}`;

/** The context of one command. */
export function createContext(outside: Io, globals: GlobalOptions, signal: AbortSignal): Context {
  const io = { ...outside, program: calledFor(outside.program, globals.home) };
  const json = globals.json;
  // A file or a program gets every character as it came; a terminal would obey some of them, whoever wrote them.
  const isTerminal = Number.isFinite(io.width);
  const ask = async (question: string): Promise<string> =>
    io.interactive && !json ? (await askShown(io, question, signal)).trim() : '';
  const print = (value: unknown, render: () => string): void => {
    const text = json ? JSON.stringify(value, undefined, 2) : render();
    if (text !== '') io.stdout.write(`${isTerminal ? (json ? harmlessJson : colouredOnly)(text) : text}\n`);
  };
  const tell = (text: string): void => void io.stderr.write(`${colouredOnly(text)}\n`);
  return {
    io,
    home: findHome(globals.home, io),
    json,
    signal,
    paint: createPaint(io.colours.stdout),
    result: (value, render) =>
      print(value, () =>
        wrap(paintCode(render(), { colours: io.colours.stdout, program: io.program }), io.width),
      ),
    quote: print,
    tell,
    note: (text) =>
      tell(wrap(paintCode(text, { colours: io.colours.stderr, program: io.program }), io.width)),
    async working(text, work) {
      const progress = startProgress(io, text);
      try {
        return await work(progress);
      } finally {
        progress.stop();
      }
    },
    asks: io.interactive && !json,
    ask,
    askHidden: (question) => askHidden(io, question, signal),
    async confirm(question) {
      return /^y(?:es)?$/i.test(await ask(`${question} [y/N]`));
    },
  };
}
