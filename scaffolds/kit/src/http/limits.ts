/** Hard cap on what is read of one answer, whatever the settings say. */
export const LARGEST_ANSWER_BYTES = 16 * 1024 * 1024;
/** What is passed on of one answer, unless the server's settings say otherwise: about 25,000 tokens. */
export const DEFAULT_RESULT_BYTES = 100 * 1024;
/** The same under the hub, which keeps what it cuts and lets it be read on. */
export const RESULT_BYTES_UNDER_HUB = 1024 * 1024;
/** One whole call, unless the server's settings say otherwise. */
export const DEFAULT_TIMEOUT_MS = 60_000;
/** Until a connection, with TLS, stands. */
export const CONNECT_TIMEOUT_MS = 10_000;
