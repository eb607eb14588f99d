/** What one check found. Only a problem makes `hub doctor` fail. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly level: 'ok' | 'note' | 'warning' | 'problem';
  readonly text: string;
  /** What mends it; every warning and problem has one. */
  readonly fix?: string;
}

export const ok = (check: string, text: string): Finding => ({ check, level: 'ok', text });
export const note = (check: string, text: string): Finding => ({ check, level: 'note', text });
export const warning = (check: string, text: string, fix: string): Finding => ({
  check,
  level: 'warning',
  text,
  fix,
});
export const problem = (check: string, text: string, fix: string): Finding => ({
  check,
  level: 'problem',
  text,
  fix,
});
