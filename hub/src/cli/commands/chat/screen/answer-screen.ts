import type { ChatNews } from '../../../api/rooms/chat-api.ts';
import type { Io } from '../../../io.ts';
import { createPaint } from '../../../output/text/paint.ts';
import { duration } from '../../../output/text/format.ts';
import { startProgress, type Progress } from '../../../output/progress.ts';
import type { CallLog } from './call-log.ts';
import { columnsOf, fitted, widthOf } from '../../../output/text/columns.ts';
import { harmless, harmlessLine } from '../../../output/text/harmless.ts';
import { TextFlow } from './text-flow.ts';

const MOST_ARGUMENTS = 100;
const MOST_RESULT = 120;
/** After so long without a word the reader is told that one is waited for. */
const SILENT_MS = 15_000;

/** Columns of the turning mark and of the seconds beside what is waited for. */
const BESIDE = 9;

/** What an answer is shown by. */
export type ScreenIo = Pick<Io, 'stdout' | 'stderr' | 'colours' | 'liveStderr' | 'width'>;

/**
 * Shows one answer as it comes: its text on standard output, broken at words; each call of a tool folded to a line on
 * standard error, numbered where it can be unfolded; while nothing comes, what is waited for.
 */
export class AnswerScreen {
  readonly #io: ScreenIo;
  readonly #calls: CallLog;
  readonly #isNumbered: boolean;
  readonly #flow: TextFlow;
  readonly #running = new Map<string, string>();
  #progress: Progress | undefined;
  #silence: NodeJS.Timeout | undefined;
  #model = 'the model';
  /** No text was written since the last remark. */
  #isEmpty = true;

  constructor(io: ScreenIo, calls: CallLog, { isNumbered }: { readonly isNumbered: boolean }) {
    this.#io = io;
    this.#calls = calls;
    this.#isNumbered = isNumbered;
    this.#flow = new TextFlow(widthOf(io));
    this.#wait();
  }

  show(news: ChatNews): void {
    this.#progress?.stop();
    this.#progress = undefined;
    if (news.type === 'text') this.#write(news.text);
    else this.#tell(news);
    this.#wait();
  }

  /** Writes what is held, and ends the line. Call it once, whatever the answer came to. */
  close(): void {
    clearTimeout(this.#silence);
    this.#progress?.stop();
    this.#endLine();
  }

  #write(text: string): void {
    // What the hub sets apart from a text before it begins here.
    const shown = this.#isEmpty ? text.replace(/^\n+/, '') : text;
    this.#isEmpty &&= shown === '';
    this.#io.stdout.write(this.#flow.take(harmless(shown)));
  }

  #tell(news: Exclude<ChatNews, { type: 'text' }>): void {
    switch (news.type) {
      case 'routed':
        this.#model = harmlessLine(news.model);
        return;
      case 'tool-started':
        this.#running.set(news.callId, news.name);
        this.#calls.start(news);
        return;
      case 'tool-ended':
        this.#running.delete(news.callId);
        return this.#fold(news);
      case 'progress':
        return this.#remark(createPaint(this.#io.colours.stderr).faint(harmlessLine(news.text)));
      // The answer's own text asks for approvals and says why it ended.
      case 'approval':
      case 'usage':
      case 'end':
    }
  }

  #fold(news: Extract<ChatNews, { type: 'tool-ended' }>): void {
    const { faint, bad, good } = createPaint(this.#io.colours.stderr);
    const { number, tool, arguments: given, isError, text, durationMs } = this.#calls.end(news);
    const name = `${this.#isNumbered ? `${number} ` : ''}${harmlessLine(tool)}`;
    const parts = [
      fitted(harmlessLine(given), MOST_ARGUMENTS),
      duration(durationMs),
      ...(isError ? [fitted(harmlessLine(text), MOST_RESULT)] : []),
    ].filter((part) => part !== '' && part !== '{}');
    const room = widthOf(this.#io) - columnsOf(name) - 4;
    this.#remark(`${isError ? bad('✗') : good('✓')} ${name} ${faint(fitted(parts.join(' · '), room))}`);
  }

  #remark(line: string): void {
    this.#endLine();
    this.#isEmpty = true;
    this.#io.stderr.write(`${line}\n`);
  }

  #endLine(): void {
    const held = this.#flow.flush();
    const isOpen = this.#flow.isLineOpen;
    this.#io.stdout.write(held + (isOpen ? '\n' : ''));
    this.#flow.restart();
  }

  /** A line that turns while nothing was written, a remark where a text stands still. */
  #wait(): void {
    clearTimeout(this.#silence);
    if (!this.#io.liveStderr) return;
    const running = [...this.#running.values()].map(harmlessLine);
    if (!this.#flow.isLineOpen && this.#progress === undefined)
      this.#progress = startProgress(this.#io, this.#oneRow(running.join(', ') || 'thinking'));
    this.#silence = setTimeout(() => {
      const whom = running[0] ?? this.#model;
      if (this.#progress) this.#progress.update(this.#oneRow(`no word, Ctrl-C stops it (${whom})`));
      else
        this.#remark(
          createPaint(this.#io.colours.stderr).faint(
            `(no word from ${whom} for ${SILENT_MS / 1000} s; Ctrl-C stops the answer)`,
          ),
        );
    }, SILENT_MS);
    this.#silence.unref();
  }

  /** A row that is written again and again must not reach the next one. */
  #oneRow(text: string): string {
    return fitted(text, Math.max(1, widthOf(this.#io) - BESIDE));
  }
}
