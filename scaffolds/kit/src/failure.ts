export interface FailureOptions extends ErrorOptions {
  /** What the caller can do about it, as one sentence. */
  readonly nextStep?: string;
}

/** An expected failure: the call is answered with `isError`, this message and the next step. Holds no secrets. */
export class ToolFailure extends Error {
  readonly nextStep: string | undefined;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, options);
    this.name = 'ToolFailure';
    this.nextStep = options.nextStep;
  }

  /** The message and the next step, as the caller reads them. */
  get text(): string {
    return this.nextStep === undefined ? this.message : `${this.message}\n${this.nextStep}`;
  }
}
