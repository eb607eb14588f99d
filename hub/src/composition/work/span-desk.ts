import type { ConfigStore } from '../../config/store.ts';
import type { Variables } from '../../fleet/environment.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { Vault } from '../../kernel/ports.ts';
import type { Redactor } from '../../kernel/redact.ts';
import { createSpanExporter, type SpanExporter } from '../../tracing/exporter.ts';
import { resolveText } from '../models/resolve-text.ts';

interface Desk {
  readonly config: ConfigStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly redactor: Redactor;
  /** Of the hub. */
  readonly version: string;
  readonly vault: Vault;
  readonly host: () => Variables;
}

/** The spans of a hub, sent to the collector that its configuration names. */
export const spanDesk = ({ config, redactor, vault, host, ...desk }: Desk): SpanExporter =>
  createSpanExporter({
    ...desk,
    config: () => config.current().telemetry.otlp,
    clean: redactor.redact,
    async resolve(text) {
      const value = await resolveText({ vault, host }, text, 'A header for the collector');
      // Of a header without a reference nothing is known to be a secret, as `application/json` is none.
      if (value !== text) redactor.add(value);
      return value;
    },
  });
