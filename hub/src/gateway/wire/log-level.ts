const LEVELS: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

/** Whether text names a log level of MCP (RFC 5424 severities). */
export const isLogLevel = (value: unknown): value is string =>
  typeof value === 'string' && LEVELS.includes(value);

/** Whether a message of `level` is wanted by someone who asked for `threshold` and above; an unknown level is let through. */
export function passesLevel(level: unknown, threshold: string): boolean {
  const at = typeof level === 'string' ? LEVELS.indexOf(level) : -1;
  return at < 0 || at >= LEVELS.indexOf(threshold);
}
