import type { ProviderConfig, ProviderKind } from '@counterpart/schemas';

/** What is usual for a kind: its address and the variable that holds its key. */
interface Preset {
  readonly baseUrl?: string | undefined;
  readonly keyVariable?: string | undefined;
  /** Other names that a service's own documentation uses. */
  readonly hosts?: RegExp | undefined;
  readonly port?: string | undefined;
}

const PRESETS: Readonly<Record<ProviderKind, Preset>> = {
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    keyVariable: 'OPENAI_API_KEY',
    hosts: /(?:^|\.)openai\.com$/,
  },
  anthropic: {
    baseUrl: 'https://api.anthropic.com/v1',
    keyVariable: 'ANTHROPIC_API_KEY',
    hosts: /(?:^|\.)anthropic\.com$/,
  },
  perplexity: {
    baseUrl: 'https://api.perplexity.ai',
    keyVariable: 'PERPLEXITY_API_KEY',
    hosts: /(?:^|\.)perplexity\.ai$/,
  },
  gemini: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyVariable: 'GEMINI_API_KEY',
    hosts: /^generativelanguage\.googleapis\.com$/,
  },
  mistral: {
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariable: 'MISTRAL_API_KEY',
    hosts: /(?:^|\.)mistral\.ai$/,
  },
  openrouter: {
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariable: 'OPENROUTER_API_KEY',
    hosts: /(?:^|\.)openrouter\.ai$/,
  },
  ollama: { baseUrl: 'http://127.0.0.1:11434/v1', port: '11434' },
  'llama.cpp': { baseUrl: 'http://127.0.0.1:8080/v1' },
  vllm: { baseUrl: 'http://127.0.0.1:8000/v1' },
  lmstudio: { baseUrl: 'http://127.0.0.1:1234/v1', port: '1234' },
  other: {},
};

const KINDS = Object.entries(PRESETS).map(([name, preset]) => ({ kind: toKind(name), preset }));

/** Names of the table above. */
function toKind(name: string): ProviderKind {
  return name as ProviderKind;
}

/** Where and what a provider is, with what its configuration leaves open. */
export interface Place {
  readonly kind: ProviderKind;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Looked up for the key where none is configured: only at the kind's own address is it shown to anybody. */
  readonly keyVariable: string | undefined;
  readonly isLocal: boolean;
  /** It is the service that the kind is named for. */
  readonly isOwn: boolean;
}

/** The place of a provider. */
export function placeOf(config: ProviderConfig): Place {
  const kind = config.kind ?? (config.baseUrl === undefined ? 'openai' : kindAt(new URL(config.baseUrl)));
  const preset = PRESETS[kind];
  const baseUrl = (config.baseUrl ?? preset.baseUrl ?? '').replace(/\/+$/, '');
  const { hostname } = new URL(baseUrl);
  return {
    kind,
    baseUrl,
    isOwn: preset.hosts?.test(hostname) === true,
    keyVariable: config.baseUrl === undefined ? preset.keyVariable : undefined,
    isLocal: config.locality === undefined ? isLocalHost(hostname) : config.locality === 'local',
  };
}

function kindAt({ hostname, port }: URL): ProviderKind {
  const found = KINDS.find(
    ({ preset }) =>
      preset.hosts?.test(hostname) === true || (preset.port !== undefined && preset.port === port),
  );
  return found?.kind ?? 'openai';
}

const PRIVATE_4 = /^(?:0\.0\.0\.0$|127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)/;
/** Unique local (RFC 4193), link-local, and the loopback. */
const PRIVATE_6 = /^\[(?:f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1\]$)/i;
/** A name without a dot is one of the own network, such as a container's. */
const PRIVATE_NAME = /^(?:[^.]+|.*\.(?:localhost|local|internal|lan|home\.arpa))\.?$/i;

/** Whether a host is this machine or one of a private network, as far as its name tells. */
export function isLocalHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return PRIVATE_6.test(hostname) || isMapped(hostname);
  if (/^\d+(?:\.\d+){3}$/.test(hostname)) return PRIVATE_4.test(hostname);
  return PRIVATE_NAME.test(hostname);
}

/** IPv4 in IPv6, as URLs write it: `[::ffff:7f00:1]`. */
function isMapped(hostname: string): boolean {
  const words = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/i.exec(hostname);
  if (words === null) return false;
  const [high, low] = [Number.parseInt(words[1] ?? '', 16), Number.parseInt(words[2] ?? '', 16)];
  return PRIVATE_4.test([high >> 8, high & 255, low >> 8, low & 255].join('.'));
}
