import { instructionIn } from '@counterpart/scaffolds/readers/openapi/text/instructions';
import { Manifest, type Diagnostic } from '@counterpart/schemas';
import { placeIn } from './place-in.ts';

export const MANIFEST = 'manifest.json';

/** Names that the runtime itself, or what starts it, listens to: a setting of such a name runs code or turns traffic. */
const RESERVED =
  /^(?:NODE_|LD_|DYLD_|NPM_|VITE|VITEST|COUNTERPART_|SSL_|OPENSSL_|UV_|GIT_|PYTHON|BASH_|MODULE_ENCRYPTION_KEY$|PATH$|HOME$|TMPDIR$|SHELL$|IFS$|ENV$|PWD$|USER$|TZ$|(?:HTTPS?|ALL|NO)_PROXY$)/;
/** Any host at all, or any of a whole top-level domain. */
const BOUNDLESS = /^\*(?:\.[a-z0-9-]+)?(?::|$)/i;
/** Looks like another name, or is the address by which clouds tell their machines' credentials. */
const DISGUISED = /(?:^|\.)xn--|[^\x20-\x7e]|^169\.254\.|^\[?fd00:ec2:/i;

/** What may not stand in a manifest, whoever wrote it: hosts without a bound, settings of the runtime, words to a model. */
export function scanManifest(text: string): Diagnostic[] {
  const parsed = Manifest.safeParse(parse(text));
  if (!parsed.success) return [];
  const { config, secrets, permissions, title, description = '' } = parsed.data;
  const found: Diagnostic[] = [];
  const add = (at: string, finding: Pick<Diagnostic, 'rule' | 'message' | 'fix'>): void => {
    found.push({ file: MANIFEST, ...placeIn(text, at), severity: 'error', ...finding });
  };
  for (const host of permissions.net.filter((name) => BOUNDLESS.test(name) || DISGUISED.test(name)))
    add(host, { rule: 'host', message: `may reach ${host}, which nobody can judge`, fix: 'Name each host.' });
  for (const { name } of [...config, ...secrets].filter((slot) => RESERVED.test(slot.name)))
    add(name, {
      rule: 'setting',
      message: `takes ${name}, which the runtime itself listens to`,
      fix: 'Name the setting after what it is for, such as WEATHER_UNITS.',
    });
  for (const { name, default: value = '' } of config.filter((slot) => leadsElsewhere(slot, permissions.net)))
    add(value, {
      rule: 'host',
      message: `${name} leads to ${value} by default, which is not declared`,
      fix: 'Declare the host under `net`, or leave the default out.',
    });
  for (const said of [title, description, ...[...config, ...secrets].map((slot) => slot.description ?? '')]) {
    const reason = instructionIn(said);
    if (reason !== undefined)
      add(said, {
        rule: 'instructions',
        message: `a text ${reason}`,
        fix: 'Say what it is, and nothing to who reads it.',
      });
  }
  return found;
}

function leadsElsewhere(slot: { readonly default?: string | undefined }, net: readonly string[]): boolean {
  const value = slot.default ?? '';
  if (!/^[a-z]+:\/\//i.test(value) || !URL.canParse(value)) return false;
  const { hostname } = new URL(value);
  return !net.some((host) => host === hostname || host.startsWith(`${hostname}:`));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
