/** Bounds of one run of a model's code. */
export interface CodeLimits {
  /** Time the code itself may take; it is the same as processor time, because code can wait for nothing but tools. */
  readonly ownMs: number;
  /** From start to end, waiting for tools included. */
  readonly totalMs: number;
  /** What QuickJS may allocate. */
  readonly memoryBytes: number;
  readonly stackBytes: number;
  /** Calls of tools. */
  readonly calls: number;
  /** Calls of tools at once; more wait. */
  readonly callsAtOnce: number;
  /** JSON text of one call's arguments. */
  readonly argumentBytes: number;
  /** JSON text of one call's result, as the code gets it. */
  readonly answerBytes: number;
  /** JSON text of what the code returns. */
  readonly outputBytes: number;
  readonly logLines: number;
  readonly logLineChars: number;
  /** Runs at once in the whole hub; one more is answered "busy". */
  readonly runs: number;
}

export const defaultCodeLimits: CodeLimits = {
  ownMs: 30_000,
  totalMs: 300_000,
  memoryBytes: 64 * 1024 * 1024,
  stackBytes: 512 * 1024,
  calls: 50,
  callsAtOnce: 8,
  argumentBytes: 1024 * 1024,
  answerBytes: 16 * 1024 * 1024,
  outputBytes: 4 * 1024 * 1024,
  logLines: 100,
  logLineChars: 1_000,
  runs: 8,
};
