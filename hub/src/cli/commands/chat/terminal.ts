import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { toCounterpartError, toProblem } from '@counterpart/schemas';
import type { Context } from '../../context.ts';
import { createPaint } from '../../output/text/paint.ts';
import { renderProblem } from '../../output/problem.ts';
import { EntryReader } from './entry-reader.ts';
import { ChatHistory } from './history.ts';
import { newsWriter } from './show-news.ts';
import { runSlash, slashNames, type SlashRoom } from './slash.ts';

const BRACKETED_PASTE = { on: '\u001b[?2004h', off: '\u001b[?2004l' };

/** A chat with a person: lines in, answers out, until /quit, Ctrl-D or a second Ctrl-C at an empty line. */
export async function chatInTerminal(room: SlashRoom): Promise<void> {
  const terminal = new Terminal(room);
  await terminal.run();
}

class Terminal {
  readonly #room: SlashRoom;
  readonly #context: Context;
  readonly #history: ChatHistory;
  readonly #entries = new EntryReader();
  readonly #lines: Interface;
  /** What readline echoes stays away while an answer is written. */
  #isMuted = false;
  #answer: AbortController | undefined;
  #isLeaving = false;

  constructor(room: SlashRoom) {
    const { io, home } = room.context;
    this.#room = room;
    this.#context = room.context;
    this.#history = new ChatHistory(home.dataDir);
    const output = new Writable({
      write: (chunk: Buffer, _encoding, written) => {
        if (!this.#isMuted) io.stdout.write(chunk);
        written();
      },
    });
    Object.assign(output, { columns: io.width });
    this.#lines = createInterface({
      input: io.stdin,
      output,
      terminal: true,
      history: this.#history.lines.filter((line) => !line.includes('\n')),
      historySize: 1000,
      removeHistoryDuplicates: true,
      completer: (line: string) => [
        slashNames().filter((name) => line !== '' && name.startsWith(line)),
        line,
      ],
    });
  }

  async run(): Promise<void> {
    const { io, signal } = this.#context;
    const closed = new Promise<void>((resolve) => this.#lines.once('close', resolve));
    io.stdin.on('keypress', this.#onKey);
    io.stdout.write(BRACKETED_PASTE.on);
    signal.addEventListener('abort', () => this.#lines.close(), { once: true });
    this.#lines.on('SIGINT', () => this.#interrupt());
    // One line after another: what is typed during an answer waits for its end.
    let work = Promise.resolve();
    this.#lines.on('line', (line) => {
      const entry = this.#take(line);
      if (entry !== undefined) work = work.then(() => this.#answerTo(entry));
    });
    this.#greet();
    this.#prompt();
    await closed;
    await work;
    io.stdin.off('keypress', this.#onKey);
    io.stdout.write(BRACKETED_PASTE.off);
  }

  readonly #onKey = (_text: unknown, key: { readonly name?: string } | undefined): void => {
    if (key?.name === 'paste-start') this.#entries.isPasting = true;
    if (key?.name === 'paste-end') this.#entries.isPasting = false;
  };

  #greet(): void {
    const { faint, strong } = this.#context.paint;
    this.#context.io.stdout.write(
      `${strong(this.#room.session.model)} ${faint('· /help lists commands, Ctrl-D ends')}\n`,
    );
  }

  #prompt(): void {
    if (this.#isLeaving) return;
    this.#lines.setPrompt(this.#entries.isOpen ? '… ' : '> ');
    this.#lines.prompt();
  }

  /** Ctrl-C stops an answer; at the prompt it clears the line, and at an empty one the second leaves. */
  #interrupt(): void {
    if (this.#answer) return this.#answer.abort();
    const isEmpty = this.#lines.line === '' && !this.#entries.isOpen;
    if (isEmpty && this.#isLeaving) return this.#lines.close();
    this.#entries.clear();
    this.#context.io.stdout.write('\n');
    if (isEmpty)
      this.#context.io.stdout.write(this.#context.paint.faint('Ctrl-C again, or Ctrl-D, ends the chat.\n'));
    this.#lines.write(null, { ctrl: true, name: 'e' });
    this.#lines.write(null, { ctrl: true, name: 'u' });
    this.#prompt();
    this.#isLeaving = isEmpty;
  }

  /** A whole entry; undefined while more lines of it are waited for. */
  #take(line: string): string | undefined {
    this.#isLeaving = false;
    const entry = this.#entries.take(line);
    if (entry.kind === 'entry') return entry.text;
    if (!this.#entries.isPasting) this.#prompt();
    return undefined;
  }

  async #answerTo(entry: string): Promise<void> {
    if (entry !== '') {
      this.#history.add(entry);
      await this.#act(entry).catch((thrown: unknown) => this.#tell(thrown));
    }
    this.#prompt();
  }

  async #act(text: string): Promise<void> {
    if (!text.startsWith('/')) return await this.#say(text);
    const outcome = await runSlash(text, this.#room);
    if (outcome.kind === 'say') return await this.#say(outcome.text);
    if (outcome.kind === 'quit') {
      this.#isLeaving = true;
      return this.#lines.close();
    }
    this.#context.io.stdout.write(`${outcome.text}\n`);
  }

  async #say(text: string): Promise<void> {
    const { io, signal } = this.#context;
    const controller = new AbortController();
    this.#answer = controller;
    this.#isMuted = true;
    try {
      const answer = await this.#room.session.say(
        text,
        newsWriter(io),
        AbortSignal.any([controller.signal, signal]),
      );
      io.stdout.write(answer.text.endsWith('\n') ? '\n' : '\n\n');
      if (answer.isStopped) io.stderr.write(createPaint(io.colours.stderr).faint('(stopped)\n'));
    } finally {
      this.#answer = undefined;
      this.#isMuted = false;
    }
  }

  #tell(thrown: unknown): void {
    const { io } = this.#context;
    const problem = toProblem(toCounterpartError(thrown));
    io.stderr.write(
      renderProblem(problem, { colours: io.colours.stderr, program: io.program, width: io.width }),
    );
  }
}
