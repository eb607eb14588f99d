import type { ConfigStore } from '../../config/store.ts';
import type { Variables } from '../../fleet/environment.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/ports.ts';
import type { Redactor } from '../../kernel/redact.ts';
import { resolveText } from './resolve-text.ts';
import { createGenerations, type ProviderRoom } from '../../orchestrator/providers/generations.ts';

interface Desk {
  readonly config: ConfigStore;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly host: () => Variables;
  readonly redactor: Redactor;
}

/** The models of a hub, with keys of its vault and its environment. */
export function providerDesk(desk: Desk): ProviderRoom {
  return createGenerations({
    config: () => desk.config.current(),
    clock: desk.clock,
    resolve: (text) => resolveKey(desk, text),
    redact: desk.redactor.redact,
  });
}

/** A provider's key; it is redacted from all that the hub writes from now on. */
async function resolveKey(desk: Desk, text: string): Promise<string> {
  const key = await resolveText(desk, text, 'A provider');
  desk.redactor.add(key);
  return key;
}
