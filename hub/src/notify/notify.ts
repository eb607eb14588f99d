import { spawn } from 'node:child_process';
import type { HubEvent, Notice, NotificationsConfig } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { EventLog } from '../kernel/events.ts';
import { noticeOf } from './notices.ts';

export interface NotifyOptions {
  readonly events: Pick<EventLog, 'subscribe'>;
  readonly config: () => NotificationsConfig;
  /** Puts values in the place of references such as `${secret:NAME}`; rejects where there is none. */
  readonly resolve: (text: string) => Promise<string>;
  /** Where a build can be looked at and decided; an address without any power. Undefined: nowhere now. */
  readonly page: (build: string | undefined) => string | undefined;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
  /** Tells connected MCP clients, as a log message. */
  readonly tell: (notice: Notice) => void;
  readonly env: () => Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: { warn(facts: object, words: string): void };
}

const WAIT_MS = 10_000;
/** Before a webhook that did not take a notice is asked again, in milliseconds. */
const PAUSES = [1_000, 5_000];
/** What a program for the desktop needs to find its way there. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
];
/** Deliveries under way; more are dropped and logged. */
const MOST_AT_ONCE = 50;

/** Tells people what waits for them, in every way that is configured; a way that fails is logged and keeps nothing up. */
export function openNotify(options: NotifyOptions): { close(): Promise<void> } {
  const under = new Set<Promise<void>>();
  const stop = new AbortController();
  const deliver = (way: string, work: () => Promise<void>): void => {
    if (under.size >= MOST_AT_ONCE)
      return options.log.warn({ way }, 'too many notices at once: one is dropped');
    const done: Promise<void> = work()
      .catch((cause: unknown) => {
        const problem = options.clean(cause instanceof Error ? cause.message : String(cause));
        if (!stop.signal.aborted) options.log.warn({ way, problem }, 'a notice was not delivered');
      })
      .finally(() => under.delete(done));
    under.add(done);
  };
  const hear = (event: HubEvent): void => {
    const found = noticeOf(event);
    if (found === undefined) return;
    const page = found.kind === 'approval' ? options.page(found.build) : undefined;
    const notice = { ...found, text: options.clean(found.text), ...(page === undefined ? {} : { page }) };
    const { kinds, command, webhook, desktop } = options.config();
    if (kinds !== undefined && !kinds.includes(notice.kind)) return;
    options.tell(notice);
    const { signal } = stop;
    if (webhook !== undefined) deliver('webhook', () => post(webhook, notice, options, signal));
    const json = `${JSON.stringify(notice)}\n`;
    if (command !== undefined) deliver('command', () => run(command, { input: json, signal }, options));
    if (desktop)
      deliver('desktop', () =>
        run(
          ['notify-send', '--app-name=Counterpart', notice.text, page ?? notice.next],
          { input: '', signal },
          options,
        ),
      );
  };
  const unsubscribe = options.events.subscribe(hear);
  return {
    async close() {
      unsubscribe();
      stop.abort();
      await Promise.all(under);
    },
  };
}

async function post(
  webhook: string,
  notice: Notice,
  { resolve, clock }: NotifyOptions,
  signal: AbortSignal,
): Promise<void> {
  const url = await resolve(webhook);
  for (const pause of [...PAUSES, undefined]) {
    const problem = await send(url, notice, signal);
    if (problem === undefined) return;
    if (pause === undefined || signal.aborted) throw new Error(problem);
    await new Promise<void>((go) => {
      const cancel = clock.after(pause, go);
      signal.addEventListener('abort', () => (cancel(), go()), { once: true });
    });
  }
}

/** Undefined: it was taken. */
async function send(url: string, notice: Notice, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(notice),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `the webhook answered ${response.status}`;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** Runs a program of its owner, without a shell and with nothing of the hub's own environment; the notice is its input. */
async function run(
  [program = '', ...args]: readonly string[],
  { input, signal }: { readonly input: string; readonly signal: AbortSignal },
  { env }: NotifyOptions,
): Promise<void> {
  const given = env();
  const child = spawn(program, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: Object.fromEntries(
      PASSED_ON.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
    ),
    signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]),
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`)),
    );
  });
  child.stdin.on('error', () => undefined); // It may read nothing.
  child.stdin.end(input);
  await ended;
}
