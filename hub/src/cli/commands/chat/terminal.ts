import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { CounterpartError, toCounterpartError, toProblem } from '@counterpart/schemas';
import type { Context } from '../../context.ts';
import { createPaint, paintCode } from '../../output/text/paint.ts';
import { wrap } from '../../output/text/wrap.ts';
import { renderProblem } from '../../output/problem.ts';
import { runningHub } from '../../running/with-hub.ts';
import { AnswerScreen } from './screen/answer-screen.ts';
import { isYes, OpenApproval } from './approval.ts';
import { CallLog } from './screen/call-log.ts';
import { widthOf } from '../../output/text/columns.ts';
import { EntryReader } from './entry-reader.ts';
import { ChatHistory } from './history.ts';
import { PastedInput, sizeOf } from './pasted-input.ts';
import { runSlash, slashNames, type SlashRoom, type TerminalRoom } from './slash.ts';

const BRACKETED_PASTE = { on: '\u001b[?2004h', off: '\u001b[?2004l' };
const PROMPT = '> ';
const MORE = '… ';
/** An answer that ends so is a question for a yes or no. */
const ASKS = /Answer yes or no\.\s*$/;

/** A chat with a person: lines in, answers out, until /quit, Ctrl-D or a second Ctrl-C at an empty line. */
export async function chatInTerminal(room: SlashRoom): Promise<void> {
  const terminal = new Terminal({ ...room, calls: new CallLog() });
  await terminal.run();
}

class Terminal {
  readonly #room: TerminalRoom;
  readonly #context: Context;
  readonly #history: ChatHistory;
  readonly #entries = new EntryReader();
  readonly #input: PastedInput;
  readonly #lines: Interface;
  readonly #resized: () => void;
  /** Entries that were typed during an answer: they come after it. `asked`: questions that stood there by then. */
  #waiting: { readonly text: string; readonly asked: number }[] = [];
  #asked = 0;
  #work = Promise.resolve();
  /** What readline echoes stays away while an answer is written. */
  #isMuted = false;
  #answer: AbortController | undefined;
  #approval: OpenApproval | undefined;
  #asksBack = false;
  /** A Ctrl-C at an empty line was the last thing typed. */
  #isWarned = false;
  #isLeaving = false;
  #isLost = false;

  constructor(room: TerminalRoom) {
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
    Object.defineProperty(output, 'columns', { get: () => widthOf(io) });
    this.#resized = () => void output.emit('resize');
    this.#input = new PastedInput(io.stdin, (bytes) => this.#refusePaste(bytes));
    this.#lines = createInterface({
      input: this.#input,
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
    this.#lines.once('close', () => {
      if (!this.#isLeaving) io.stdout.write('\n');
      this.#isLeaving = true;
    });
    this.#input.on('keypress', this.#onKey);
    io.stdout.on('resize', this.#resized);
    io.stdout.write(BRACKETED_PASTE.on);
    signal.addEventListener('abort', () => this.#lines.close(), { once: true });
    this.#lines.on('SIGINT', () => this.#interrupt());
    this.#lines.on('line', (line) => this.#takeLine(line));
    await this.#greet();
    this.#prompt();
    await closed;
    this.#waiting = [];
    await this.#work;
    this.#input.leave();
    io.stdout.off('resize', this.#resized);
    io.stdout.write(BRACKETED_PASTE.off);
    this.#part();
  }

  readonly #onKey = (_text: unknown, key: { readonly name?: string } | undefined): void => {
    if (key?.name === 'paste-start') this.#entries.isPasting = true;
    if (key?.name === 'paste-end') this.#entries.isPasting = false;
  };

  async #greet(): Promise<void> {
    const { hub, session } = this.#room;
    const { faint, strong } = this.#context.paint;
    const providers = await hub.providers.list().catch(() => undefined);
    const hasModel = providers === undefined || providers.providers.length > 0;
    const goesOn = session.messages.length > 0 ? ` · ${session.messages.length} messages before` : '';
    this.#write(`${strong(session.model)} ${faint(`· /help lists commands, Ctrl-D ends${goesOn}`)}`);
    if (!hasModel)
      this.#write(
        'No model is connected, so rules answer: they find tools and build from addresses. `hub providers --help` tells how one is added.',
      );
  }

  /** Where the conversation is found again. */
  #part(): void {
    const { session, context } = this.#room;
    if (session.messages.length > 0)
      this.#write(
        context.paint.faint(`Goes on with: ${context.io.program} chat --conversation ${session.id}`),
      );
  }

  /** A line of the chat itself. */
  #write(text: string): void {
    const { io } = this.#context;
    const painted = paintCode(text, { colours: io.colours.stdout, program: io.program });
    io.stdout.write(`${wrap(painted, widthOf(io))}\n`);
  }

  #prompt(): void {
    if (this.#isLeaving) return;
    const question =
      this.#approval?.promptFor(widthOf(this.#context.io)) ?? (this.#asksBack ? '[y]es, [n]o > ' : undefined);
    const asked = question === undefined ? PROMPT : this.#context.paint.warn(question);
    this.#lines.setPrompt(this.#entries.isOpen ? MORE : asked);
    // What was typed during an answer stands there, the cursor behind it.
    this.#lines.prompt(true);
  }

  /** Ctrl-C stops an answer and what was to come after it; at the prompt it clears the line, and at an empty one the second leaves. */
  #interrupt(): void {
    if (this.#answer) {
      this.#waiting = [];
      return this.#answer.abort();
    }
    const isEmpty = this.#lines.line === '' && !this.#entries.isOpen;
    if (isEmpty && this.#isWarned) return this.#leave();
    this.#entries.clear();
    if (!isEmpty) {
      this.#lines.write(null, { ctrl: true, name: 'e' });
      this.#lines.write(null, { ctrl: true, name: 'u' });
    }
    this.#context.io.stdout.write('\n');
    if (isEmpty) this.#write(this.#context.paint.faint('Ctrl-C again, or Ctrl-D, ends the chat.'));
    this.#prompt();
    this.#isWarned = isEmpty;
  }

  #refusePaste(bytes: number): void {
    this.#context.io.stdout.write('\n');
    this.#write(
      `What was pasted has ${sizeOf(bytes)}: a message has at most 32 MB, and nothing of it was taken. Paste a part of it.`,
    );
    this.#prompt();
  }

  #leave(): void {
    this.#isLeaving = true;
    this.#context.io.stdout.write('\n');
    this.#lines.close();
  }

  #takeLine(line: string): void {
    this.#isWarned = false;
    const entry = this.#entries.take(this.#input.expand(line));
    if (entry.kind === 'more') {
      if (!this.#entries.isPasting && !this.#isMuted) this.#prompt();
      return;
    }
    this.#waiting.push({ text: entry.text, asked: this.#asked });
    this.#work = this.#work.then(() => this.#answerNext());
  }

  async #answerNext(): Promise<void> {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    const { text: entry, asked } = waiting;
    const isAsked = this.#approval !== undefined || this.#asksBack;
    if (isAsked && asked < this.#asked && isYes(entry))
      this.#write(`“${entry}” was typed before this was asked, and counts for nothing: what is the answer?`);
    else if (entry !== '') {
      // What may be a credential is on no disk.
      if (this.#room.session.withoutCredentials(entry) === entry) this.#history.add(entry);
      await this.#act(entry).catch((thrown: unknown) => this.#tell(thrown));
    }
    this.#prompt();
  }

  async #act(text: string): Promise<void> {
    await this.#reach();
    if (text.startsWith('/')) return await this.#command(text);
    if (this.#approval === undefined) return await this.#say(text);
    const outcome = await this.#approval.take(text, this.#room.hub.chat);
    if (outcome.kind === 'shown') return void this.#context.io.stdout.write(`${outcome.text}\n`);
    await this.#say(outcome.text);
  }

  async #command(text: string): Promise<void> {
    const outcome = await runSlash(text, this.#room);
    if (outcome.kind === 'say') return await this.#say(outcome.text);
    if (outcome.kind === 'quit') {
      this.#isLeaving = true;
      return this.#lines.close();
    }
    if (this.#room.session.messages.length === 0) this.#settle(undefined, '');
    this.#write(outcome.text);
  }

  async #say(text: string): Promise<void> {
    const { io, signal } = this.#context;
    const controller = new AbortController();
    this.#answer = controller;
    this.#isMuted = true;
    const screen = new AnswerScreen(io, this.#room.calls, { isNumbered: true });
    try {
      const answer = await this.#room.session.say(
        text,
        (news) => screen.show(news),
        AbortSignal.any([controller.signal, signal]),
      );
      screen.close();
      if (answer.isStopped) io.stderr.write(`${createPaint(io.colours.stderr).faint('(stopped)')}\n`);
      io.stdout.write('\n');
      this.#settle(answer.waiting.length > 0 ? new OpenApproval(answer.waiting) : undefined, answer.text);
    } finally {
      screen.close();
      this.#answer = undefined;
      this.#isMuted = false;
    }
  }

  #settle(approval: OpenApproval | undefined, answer: string): void {
    this.#approval = approval;
    this.#asksBack = ASKS.test(answer);
    if (approval !== undefined || this.#asksBack) this.#asked += 1;
  }

  /** After the hub went away: the one that runs now has the same conversations. Rejects with HUB_NOT_RUNNING. */
  async #reach(): Promise<void> {
    if (!this.#isLost) return;
    this.#room.hub = await runningHub(this.#context);
    this.#room.session.use(this.#room.hub.chat);
    this.#isLost = false;
    this.#write(this.#context.paint.faint('The hub is back.'));
  }

  #tell(thrown: unknown): void {
    const { io } = this.#context;
    const error = toCounterpartError(thrown);
    this.#isLost ||= error instanceof CounterpartError && LOST.has(error.code);
    io.stderr.write(
      renderProblem(toProblem(error), {
        colours: io.colours.stderr,
        program: io.program,
        width: widthOf(io),
      }),
    );
  }
}

const LOST = new Set(['CHAT_LOST', 'HUB_NOT_RUNNING', 'HUB_LOST']);
