import { z } from 'zod';
import { harmless } from './output/text/harmless.ts';
import type { Paint } from './output/text/paint.ts';

const LogLine = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string().default(''),
  server: z.string().optional(),
});

const LEVELS: readonly (readonly [from: number, name: string, tint: keyof Paint])[] = [
  [50, 'error', 'bad'],
  [40, 'warn', 'warn'],
  [30, 'info', 'good'],
  [0, 'debug', 'faint'],
];

/** A line of the log for a person; a line that is no JSON stays as it is, but for what would steer a terminal. Pure. */
export function renderLogLine(line: string, paint: Paint): string {
  const parsed = parseLine(line);
  if (!parsed) return harmless(line);
  const { level, time, msg, server, ...rest } = parsed;
  const [, name, tint] = LEVELS.find(([from]) => level >= from) ?? [0, 'debug', 'faint' as const];
  const members = Object.entries(rest).map(
    ([key, value]) => `${key}=${harmless(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  const clock = new Date(time).toISOString().slice(11, 23);
  return [
    paint.faint(clock),
    paint[tint](name.padEnd(5)),
    ...(server === undefined ? [] : [paint.strong(server)]),
    harmless(msg),
    ...(members.length > 0 ? [paint.faint(members.join(' '))] : []),
  ].join(' ');
}

/** Whether a line is about this server. Pure. */
export const isAbout = (line: string, server: string): boolean => parseLine(line)?.server === server;

function parseLine(line: string): z.infer<typeof LogLine> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return LogLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
