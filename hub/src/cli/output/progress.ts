import type { Io } from '../io.ts';
import { fitted } from './text/columns.ts';

/** Shorter work says nothing. */
const QUIET_MS = 1_000;
const FRAME_MS = 100;
/** Without a terminal a line only this often, so that logs stay short. */
const SPARSE_MS = 10_000;
const USUAL_COLUMNS = 79;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export interface Progress {
  /** What is being done now. */
  update(text: string): void;
  /** Takes the line away. */
  stop(): void;
}

/** Tells on standard error what takes longer than a second: one changing line on a terminal, sparse lines elsewhere. */
export function startProgress(io: Pick<Io, 'stderr' | 'liveStderr' | 'report'>, first: string): Progress {
  // Nobody watches what runs in the background: its words would stand in the log.
  if (io.report !== undefined) return { update: () => undefined, stop: () => undefined };
  return io.liveStderr ? liveProgress(io, first) : sparseProgress(io, first);
}

function liveProgress({ stderr }: Pick<Io, 'stderr'>, first: string): Progress {
  const started = Date.now();
  let text = first;
  let shown = false;
  // A row that is broken by the terminal could not be taken back.
  const columns = (): number =>
    'columns' in stderr && typeof stderr.columns === 'number' && stderr.columns > 0
      ? stderr.columns - 1
      : USUAL_COLUMNS;
  const timer = setInterval(() => {
    const elapsed = Date.now() - started;
    if (elapsed < QUIET_MS) return;
    const frame = FRAMES[Math.floor(elapsed / FRAME_MS) % FRAMES.length];
    const since = ` ${Math.floor(elapsed / 1000)}s`;
    stderr.write(`\r\u001b[2K${fitted(`${frame} ${text}`, columns() - since.length)}${since}`);
    shown = true;
  }, FRAME_MS);
  timer.unref();
  return {
    update(next) {
      text = next;
    },
    stop() {
      clearInterval(timer);
      if (shown) stderr.write('\r\u001b[2K');
    },
  };
}

function sparseProgress({ stderr }: Pick<Io, 'stderr'>, first: string): Progress {
  const started = Date.now();
  let text = first;
  let due = started + QUIET_MS;
  const timer = setInterval(() => {
    if (Date.now() < due) return;
    due = Date.now() + SPARSE_MS;
    stderr.write(`… ${text} (${Math.round((Date.now() - started) / 1000)} s)\n`);
  }, FRAME_MS);
  timer.unref();
  return {
    update(next) {
      text = next;
    },
    stop() {
      clearInterval(timer);
    },
  };
}
