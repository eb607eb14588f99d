/** Words that make a name the name of a secret, wherever they stand in it. */
const SECRET_WORDS = new Set([
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'passcode',
  'secret',
  'secrets',
  'credential',
  'credentials',
  'apikey',
  'authorization',
  'cookie',
  'cookies',
  'otp',
  'cvv',
  'cvc',
  'ssn',
  'jwt',
  'bearer',
  'signature',
  'sig',
  'hmac',
  'csrf',
  'xsrf',
]);

/** Words that, beside `token`, make it a place in a list, a kind or an address: no secret. */
const HARMLESS_TOKEN_WORDS = new Set([
  'page',
  'next',
  'prev',
  'previous',
  'continuation',
  'sync',
  'cursor',
  'type',
  'count',
  'limit',
  'max',
  'expires',
  'expiry',
  'expiration',
  'url',
  'uri',
  'endpoint',
]);

/** Words before `key` that make it one that opens something. */
const KEY_OWNERS = new Set([
  'api',
  'access',
  'private',
  'secret',
  'auth',
  'session',
  'signing',
  'encryption',
  'license',
]);

/** Names that are secret as a whole. */
const SECRET_NAMES = new Set([
  'session',
  'sessionid',
  'sid',
  'auth',
  'pin',
  'accesstoken',
  'authtoken',
  'cardnumber',
  'pan',
]);

/** The words of a name: `X-Api-Key`, `accessToken` and `client_secret` all have two or three. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

/** Whether what goes by this name must not be written down. Rather one too many than one too few. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => SECRET_WORDS.has(word)) || SECRET_NAMES.has(words.join(''))) return true;
  if (words.includes('token')) return !words.some((word) => HARMLESS_TOKEN_WORDS.has(word));
  const key = words.indexOf('key');
  if (key > 0 && KEY_OWNERS.has(words[key - 1] ?? '')) return true;
  return words.includes('session') && words.at(-1) === 'id';
}

/** Values that give themselves away as secrets: tokens whose form is known, keys, credentials in addresses. */
const SECRET_FORMS: readonly RegExp[] = [
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /(?<=\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}/gi,
  /\b(?:sk|pk|rk|whsec)_(?:live_|test_)?\w{16,}/g,
  /\bsk-[\w-]{20,}/g,
  /\bgh[a-z]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}/g,
  /\bxox[a-z]-[\w-]{10,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=\/\/)[^/\s:@"']+:[^/\s@"']+(?=@)/g,
];

/** A text with everything that looks like a secret replaced. */
export function withoutSecretForms(text: string, replacement: string): string {
  return SECRET_FORMS.reduce((clean, form) => clean.replaceAll(form, replacement), text);
}
