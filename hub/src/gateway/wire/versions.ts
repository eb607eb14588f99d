/** The stateless revision: every request says who asks. */
export const MODERN_VERSION = '2026-07-28';

/** Revisions that begin with `initialize`, newest first. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

/** Everything spoken here, newest first. */
export const SUPPORTED_VERSIONS: readonly string[] = [MODERN_VERSION, ...LEGACY_VERSIONS];

/** The only revision with JSON-RPC batches. */
export const BATCH_VERSION = '2025-03-26';

/** What `initialize` answers: the version asked for when it is spoken, otherwise the newest with a handshake. */
export const negotiateVersion = (requested: unknown): string =>
  LEGACY_VERSIONS.find((version) => version === requested) ?? '2025-11-25';
