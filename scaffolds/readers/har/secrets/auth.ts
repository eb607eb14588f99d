import type { Json, JsonObject } from '@counterpart/schemas';
import { headerOf, type Exchange, type Pairs } from '../entries/exchange.ts';
import { isSecretName, spelledName } from '../../../secrets/names.ts';
import { entropyOf, looksRandom } from '../../../secrets/random.ts';

/** How a recording proves who calls: schemes as OpenAPI has them, and which of them each exchange used. */
export interface DetectedAuth {
  readonly schemes: ReadonlyMap<string, JsonObject>;
  /** Names of the schemes an exchange satisfied. */
  used(exchange: Exchange): readonly string[];
  /** True for what carries a credential, which is no parameter. */
  carries(place: 'header' | 'query' | 'cookie', name: string): boolean;
  /** What is worth telling. */
  readonly notices: readonly string[];
}

interface Credential {
  readonly scheme: string;
  readonly definition: JsonObject;
  readonly place: 'header' | 'query' | 'cookie';
  readonly name: string;
}

/** Names that carry a key wherever they stand, in one spelling. */
const KEY_NAME =
  /(?:^|_)(?:api_?key|apikey|app_?key|access_?key|subscription_?key|auth_?key|x_?key|api_?token|api_?secret|app_?secret|client_?secret|client_?token|auth_?token|access_?token|session_?token|user_?token|private_?token|security_?token|id_?token|app_?id|appid|application_?id|developer_?key|dev_?key|authorization|authentication|auth|token|secret|jwt|session_?id|session)$/;
const KEY_IN_QUERY =
  /(?:^|_)(?:api_?key|apikey|app_?key|access_?key|subscription_?key|api_?token|access_?token|auth_?token|session_?token|client_?secret|app_?id|appid|auth|token|jwt|sig|signature|key)$/;
const CSRF_NAME = /csrf|xsrf|requestverificationtoken|authenticity_token/i;
const SESSION_COOKIE =
  /(?:^|[_.-])(?:sess|session|sessionid|session_?id|sid|connect\.sid|phpsessid|jsessionid|asp\.net_sessionid|auth|authtoken|auth_?token|access_?token|token|jwt|id_?token|remember(?:_\w+)?|login|identity|user_?session|logged_in)(?:$|[_.-])|aspxauth|sessid|sessionid/i;
const TRACKING_COOKIE =
  /^(?:_ga|_gid|_gat|_fbp|_gcl|_hj|__utm|ajs_|amplitude|mp_|optimizely|__stripe|intercom|_dd_|cf_|__cf|_cf|ak_bmsc|bm_|incap_|visid|datadome|_pk_|hubspot|__hs|_uet|_clck|_clsk|OptanonConsent|_pin|_tt|_scid)/i;
/** Headers of browsers, proxies and tracing, never a key. */
const KNOWN_HEADER =
  /^(?:accept(?:-.*)?|access-control-.*|cache-control|connection|content-.*|cookie2?|date|dnt|expect|forwarded|from|host|if-.*|keep-alive|max-forwards|origin|pragma|priority|proxy-connection|range|referer|referrer-policy|rtt|save-data|sec-.*|server|te|trailer|transfer-encoding|upgrade.*|user-agent|via|viewport-width|warning|width|x-forwarded-.*|x-real-ip|x-requested-with|x-request-id|x-correlation-id|x-amzn-trace-id|x-cloud-trace-context|x-b3-.*|traceparent|tracestate|baggage|sentry-trace|newrelic|x-datadog-.*|x-trace-.*|x-client-trace-id|request-id|downlink|ect|device-memory|dpr|early-data|alt-used|purpose|idempotency-key|x-idempotency-key)$/;

/** True for headers that any browser or proxy adds. */
export const isCommonHeader = (name: string): boolean => KNOWN_HEADER.test(name);

/** Finds the credentials of the given exchanges; `preflights` may name headers that the export itself leaves out. */
export function detectAuth(exchanges: readonly Exchange[], preflights: readonly Exchange[]): DetectedAuth {
  const found = new Map<string, Credential>();
  const keep = (credential: Credential | undefined): void => {
    if (credential !== undefined && !found.has(waysKey(credential)))
      found.set(waysKey(credential), credential);
  };
  const constant = constantHeaders(exchanges);
  for (const exchange of exchanges) {
    for (const [name, value] of exchange.headers) keep(headerCredential(name, value, constant));
    for (const [name, value] of exchange.query) keep(queryCredential(name, value));
    for (const [name, value] of exchange.cookies) keep(cookieCredential(name, value));
    if (exchange.userInfo !== undefined) keep(BASIC);
  }
  const places = (): ReadonlySet<string> => new Set([...found.values()].map(placeOf));
  const notices: string[] = [];
  if (!places().has('header authorization') && asksForAuthorization(preflights)) {
    keep(BEARER);
    notices.push(
      'A preflight names an Authorization header that the recording itself lacks (browsers leave it out of exports unless told otherwise); bearer authentication is assumed.',
    );
  }
  const carrying = places();
  const schemes = new Map([...found.values()].map(({ scheme, definition }) => [scheme, definition]));
  return {
    schemes,
    notices,
    carries: (place, name) => carrying.has(`${place} ${place === 'header' ? name.toLowerCase() : name}`),
    used: (exchange) => usedBy(exchange, [...found.values()]),
  };
}

const placeOf = ({ place, name }: Credential): string => `${place} ${name}`;

/** One header carries several credentials: a client proves itself with Basic and gets the token that every other call bears. */
const waysKey = (credential: Credential): string => `${placeOf(credential)} ${credential.scheme}`;

const BASIC: Credential = {
  scheme: 'basic',
  definition: { type: 'http', scheme: 'basic' },
  place: 'header',
  name: 'authorization',
};
const BEARER: Credential = {
  scheme: 'bearer',
  definition: { type: 'http', scheme: 'bearer' },
  place: 'header',
  name: 'authorization',
};

function apiKey(place: Credential['place'], name: string, described?: string): Credential {
  const scheme = spelledName(name) || 'key';
  const description: Json | undefined = described;
  const definition = {
    type: 'apiKey',
    in: place,
    name,
    ...(description === undefined ? {} : { description }),
  };
  return { scheme: place === 'header' ? scheme : `${scheme}_${place}`, definition, place, name };
}

function headerCredential(
  name: string,
  value: string,
  constant: ReadonlyMap<string, string>,
): Credential | undefined {
  if (name === 'authorization') return authorization(value);
  if (isCommonHeader(name)) return undefined;
  if (CSRF_NAME.test(name))
    return apiKey(
      'header',
      name,
      'Token against forged requests; the service hands it out with the session.',
    );
  const spelled = spelledName(name);
  const isKey = KEY_NAME.test(spelled) || isSecretName(name);
  // A name nobody thought of: the same random value on every call is a key.
  const isConstantKey = constant.get(name) === value && looksLikeKey(value);
  return isKey || isConstantKey ? apiKey('header', name) : undefined;
}

const looksLikeKey = (value: string): boolean =>
  looksRandom(value) || (/^[\w-]{16,}$/.test(value) && /\d/.test(value) && entropyOf(value) > 3);

function authorization(value: string): Credential | undefined {
  const scheme = /^([A-Za-z][\w-]{1,40})\s+\S/.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined) return value.trim() === '' ? undefined : apiKey('header', 'authorization');
  if (scheme === 'basic') return BASIC;
  if (scheme === 'bearer') return BEARER;
  return {
    ...BEARER,
    scheme: spelledName(scheme),
    definition: { type: 'http', scheme: /^[A-Za-z][\w-]+/.exec(value)?.[0] ?? scheme },
  };
}

function queryCredential(name: string, value: string): Credential | undefined {
  const spelled = spelledName(name);
  if (
    !KEY_IN_QUERY.test(spelled) ||
    !(isSecretName(name) || looksRandom(value) || /key$|app_?id$/.test(spelled))
  )
    return undefined;
  // `key=title` is a column, `key=AIzaSy…` is a key.
  const isWord = /^[a-z_-]{0,15}$/i.test(value) || /^\d{1,6}$/.test(value);
  return isWord ? undefined : apiKey('query', name);
}

function cookieCredential(name: string, value: string): Credential | undefined {
  if (TRACKING_COOKIE.test(name) || CSRF_NAME.test(name)) return undefined;
  return SESSION_COOKIE.test(name) && value.length >= 8 && !/^(?:true|false|yes|no)$/.test(value)
    ? apiKey('cookie', name)
    : undefined;
}

/** Headers with one value over at least three exchanges. */
function constantHeaders(exchanges: readonly Exchange[]): Map<string, string> {
  const values = new Map<string, { value: string; count: number; same: boolean }>();
  for (const { headers } of exchanges) {
    for (const [name, value] of headers) {
      const known = values.get(name) ?? { value, count: 0, same: true };
      values.set(name, {
        value: known.value,
        count: known.count + 1,
        same: known.same && known.value === value,
      });
    }
  }
  return new Map(
    [...values].flatMap(([name, { value, count, same }]) =>
      same && count >= Math.min(3, exchanges.length) ? [[name, value] as const] : [],
    ),
  );
}

const asksForAuthorization = (preflights: readonly Exchange[]): boolean =>
  preflights.some(({ headers }) =>
    /\bauthorization\b/i.test(headerOf(headers, 'access-control-request-headers') ?? ''),
  );

function usedBy(exchange: Exchange, credentials: readonly Credential[]): string[] {
  const inPlace: Readonly<Record<Credential['place'], Pairs>> = {
    header: exchange.headers,
    query: exchange.query,
    cookie: exchange.cookies,
  };
  return credentials.flatMap(({ scheme, place, name }) => {
    const given = inPlace[place].some(
      ([known, value]) =>
        known === name && (name !== 'authorization' || authorization(value)?.scheme === scheme),
    );
    const inAddress = scheme === 'basic' && exchange.userInfo !== undefined;
    return given || inAddress ? [scheme] : [];
  });
}
