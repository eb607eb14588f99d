/** An answer whose body is at hand: written to a connection as it is, without the machinery of the fetch standard. */
export class PlainResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body: Uint8Array | undefined;

  constructor(body: Uint8Array | undefined, init: Pick<PlainResponse, 'status' | 'headers'>) {
    this.body = body;
    this.status = init.status;
    this.headers = init.headers;
  }

  /** The same for whoever speaks the fetch standard. */
  toResponse(): Response {
    const { status, headers, body } = this;
    return new Response(body === undefined ? null : Uint8Array.from(body), { status, headers });
  }
}

/** An answer as the fetch standard has it. */
export const asResponse = (answer: Response | PlainResponse): Response =>
  answer instanceof PlainResponse ? answer.toResponse() : answer;
