import type { ChatNews } from '../../api/rooms/chat-api.ts';
import { createPaint } from '../../output/text/paint.ts';
import type { Io } from '../../io.ts';

const MOST_ARGUMENTS = 100;
const MOST_RESULT = 120;

/** Writes an answer as it comes: its text to standard output, each call of a tool folded to a line on standard error. */
export function newsWriter(io: Pick<Io, 'stdout' | 'stderr' | 'colours'>): (news: ChatNews) => void {
  const { faint, bad, good, warn } = createPaint(io.colours.stderr);
  const started = new Map<string, string>();
  let isLineOpen = false;
  const remark = (line: string): void => {
    if (isLineOpen) io.stdout.write('\n');
    isLineOpen = false;
    io.stderr.write(`${line}\n`);
  };
  return (news) => {
    switch (news.type) {
      case 'text':
        isLineOpen = !news.text.endsWith('\n');
        return void io.stdout.write(news.text);
      case 'tool-started':
        return void started.set(news.callId, news.arguments);
      case 'tool-ended': {
        const given = folded(started.get(news.callId) ?? '', MOST_ARGUMENTS);
        const mark = news.isError ? bad('✗') : good('✓');
        const result = news.isError ? ` ${folded(news.text, MOST_RESULT)}` : '';
        return remark(`${mark} ${news.name} ${faint(`${given} · ${news.durationMs} ms${result}`)}`);
      }
      case 'progress':
        return remark(faint(news.text));
      case 'approval':
        return remark(warn(`! ${news.calls.map(({ tool }) => tool).join(', ')}: waits for your word`));
      case 'routed':
      case 'usage':
    }
  };
}

/** A text on one line, cut where it is long. */
export function folded(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
