/**
 * What code of a server may name. Everything else is refused: a list of what is dangerous is never complete.
 * The kit is the way to the network, to settings and to the log.
 */

const COMMON_MODULES = [
  '@counterpart/kit',
  'zod',
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:path/posix',
  'node:querystring',
  'node:stream',
  'node:stream/promises',
  'node:string_decoder',
  'node:timers/promises',
  'node:url',
  'node:util',
  'node:zlib',
];
const TEST_MODULES = ['@counterpart/kit/testing', 'node:assert', 'node:assert/strict', 'node:test', 'vitest'];

/** Types are gone before anything runs: they may come from the contracts as well. */
const TYPE_MODULES = ['@counterpart/schemas'];

export const allowedModules = (isTest: boolean): ReadonlySet<string> =>
  new Set([...COMMON_MODULES, ...TYPE_MODULES, ...(isTest ? TEST_MODULES : [])]);

/** Why a module is refused and what takes its place, for those that are asked for most. */
const INSTEAD_OF_MODULE: readonly (readonly [modules: RegExp, fix: string])[] = [
  [
    /^node:(?:http|https|http2|net|tls|dgram|dns)|^(?:undici|axios|got|node-fetch|ky|ws|superagent)$/,
    'Call the service through `http` of the tool’s context; its host must be declared.',
  ],
  [/^node:fs/, 'Read it with `files` of the tool’s context, by a setting that ends in _SOURCE.'],
  [/^node:(?:process|os)$/, 'Ask for a setting: `context.setting(name)`, declared in the manifest.'],
  [
    /^node:(?:child_process|worker_threads|cluster|vm|module|v8|inspector|repl|wasi|ffi|sqlite)/,
    'Write it in plain code: a server starts no processes and loads no code.',
  ],
  [/^(?:joi|yup|ajv|superstruct|valibot|io-ts|class-validator)/, 'Describe it with zod.'],
  [
    /^(?:moment|dayjs|luxon|date-fns)/,
    'Use `Date` and `Intl.DateTimeFormat`; dates in texts are parsed by their parts.',
  ],
  [/^(?:uuid|nanoid|cuid)/, 'Use `randomUUID` of `node:crypto`.'],
  [/^(?:bcrypt|crypto-js|jsonwebtoken|md5|sha)/, 'Use `node:crypto`.'],
  [/^(?:lodash|underscore|ramda|remeda)/, 'Write the one function that is needed: a line or three.'],
  [
    /^(?:csv|papaparse|fast-csv|neat-csv|xlsx|exceljs)/,
    'Read the rows in plain code in `src/`, with a test; whole files of rows become a server without code (`hub build --from <file>`).',
  ],
  [
    /^(?:xml2js|fast-xml-parser|cheerio|jsdom|htmlparser2|sax|linkedom)/,
    'Take out what is needed with plain code in `src/`, with a test.',
  ],
  [/^(?:dotenv|config|env-var)/, 'Ask for a setting: `context.setting(name)`, declared in the manifest.'],
  [/^(?:winston|pino|debug|chalk|log4js)/, 'Report progress through the tool’s context.'],
  [
    /^(?:pg|mysql2?|sqlite3|better-sqlite3|mongodb|redis|ioredis|knex|prisma|@prisma)/,
    'A database becomes a server without code: `hub build --from <connection>`.',
  ],
  [/^(?:jest|mocha|chai|sinon|ava|tap|@jest)/, 'Write tests with `vitest`.'],
  [
    /^(?:openai|@anthropic-ai|langchain|@google)/,
    'A tool asks no model; it gives the model that calls it its data.',
  ],
];

export function insteadOfModule(name: string): string {
  const found = INSTEAD_OF_MODULE.find(([modules]) => modules.test(name) || modules.test(`node:${name}`));
  return (
    found?.[1] ?? `Use the kit, zod, a file of the server itself or one of: ${COMMON_MODULES.join(', ')}.`
  );
}

/** Of the language and of the platform: values without a way out. */
export const ALLOWED_GLOBALS: ReadonlySet<string> = new Set(
  `AbortController AbortSignal AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Blob Boolean Buffer
  DOMException DataView Date Error EvalError Event EventTarget File FinalizationRegistry Float32Array Float64Array FormData
  Headers Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError
  ReadableStream ReferenceError Reflect RegExp Set String Symbol SyntaxError TextDecoder TextDecoderStream TextEncoder
  TextEncoderStream TransformStream TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array
  Uint8ClampedArray WeakMap WeakRef WeakSet WritableStream atob btoa clearInterval clearTimeout crypto decodeURI
  decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt performance queueMicrotask setInterval
  setTimeout structuredClone undefined`.split(/\s+/),
);

const INSTEAD_OF_GLOBAL: Readonly<Record<string, readonly [rule: string, fix: string]>> = {
  fetch: ['network', 'Call the service through `http` of the tool’s context; its host must be declared.'],
  WebSocket: ['network', 'Call the service through the kit; its host must be declared.'],
  EventSource: ['network', 'Call the service through the kit; its host must be declared.'],
  XMLHttpRequest: ['network', 'Call the service through the kit; its host must be declared.'],
  navigator: ['network', 'Leave it out: a server is no browser.'],
  process: ['environment', 'Ask for a setting: `context.setting(name)`, declared in the manifest.'],
  require: ['import', 'Write an `import` at the head of the file.'],
  module: ['import', 'Write `export` before what others use.'],
  exports: ['import', 'Write `export` before what others use.'],
  eval: ['dynamic-code', 'Write the code itself.'],
  Function: ['dynamic-code', 'Write the function itself.'],
  WebAssembly: ['dynamic-code', 'Write it in TypeScript.'],
  console: ['output', 'Standard output carries the protocol; report progress through the tool’s context.'],
  globalThis: ['global', 'Name what you need; nothing is kept between calls but what a module declares.'],
  global: ['global', 'Name what you need; nothing is kept between calls but what a module declares.'],
};

/** The rule that a free name breaks, and what takes its place. */
export const insteadOfGlobal = (name: string): { readonly rule: string; readonly fix: string } => {
  const [rule, fix] = INSTEAD_OF_GLOBAL[name] ?? ['global', 'Import it, declare it, or leave it out.'];
  return { rule, fix };
};
