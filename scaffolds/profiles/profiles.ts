/** What one family of clients accepts as a tool. */
export interface ClientProfile {
  readonly id: string;
  /** Of a tool's own name; `prefixRoom` characters of the client's limit are left for a hub's or client's prefix. */
  readonly name: RegExp;
  readonly maxNameLength: number;
  readonly prefixRoom: number;
  /** Keywords that must not stand at the root of an input schema. */
  readonly forbiddenRootKeywords: readonly string[];
  /** Of property keys at any depth of an input schema. */
  readonly propertyKey: RegExp;
  /** Bytes of an input schema with its `$defs`, as UTF-8 JSON. */
  readonly maxSchemaBytes: number;
  /** Characters of a tool's description. */
  readonly maxDescriptionLength: number;
  /** Keywords that make the client refuse the tool, anywhere in an input schema. */
  readonly forbiddenKeywords: readonly string[];
  /** True when an array must say what it holds. */
  readonly arraysNeedItems: boolean;
}

const ROOT_COMBINATORS = ['oneOf', 'anyOf', 'allOf', 'enum', 'not'] as const;
const MAX_SCHEMA_BYTES = 100 * 1024;

const ANTHROPIC: ClientProfile = {
  id: 'anthropic',
  name: /^[a-zA-Z0-9_-]+$/,
  maxNameLength: 64,
  prefixRoom: 8,
  forbiddenRootKeywords: ['oneOf', 'anyOf', 'allOf'],
  propertyKey: /^[a-zA-Z0-9_.-]{1,64}$/,
  maxSchemaBytes: MAX_SCHEMA_BYTES,
  maxDescriptionLength: 1_024,
  forbiddenKeywords: [],
  arraysNeedItems: false,
};

const OPENAI: ClientProfile = {
  ...ANTHROPIC,
  id: 'openai',
  forbiddenRootKeywords: ROOT_COMBINATORS,
  propertyKey: /^[a-zA-Z0-9_-]{1,64}$/,
  arraysNeedItems: true,
};

const GEMINI: ClientProfile = {
  ...OPENAI,
  id: 'gemini',
  // Gemini wants a letter or underscore first.
  name: /^[a-zA-Z_][a-zA-Z0-9_-]*$/,
};

const STRICT: ClientProfile = {
  ...ANTHROPIC,
  id: 'strict-2020-12',
  forbiddenRootKeywords: ROOT_COMBINATORS,
  propertyKey: /^\P{Cc}{1,256}$/u,
  // Keywords of older drafts and of OpenAPI: their meaning is lost under 2020-12.
  forbiddenKeywords: [
    'nullable',
    'definitions',
    'dependencies',
    'additionalItems',
    '$recursiveRef',
    'id',
    'discriminator',
    'xml',
  ],
};

/** Every profile that an offered tool must pass. */
export const CLIENT_PROFILES: readonly ClientProfile[] = [ANTHROPIC, OPENAI, GEMINI, STRICT];
