/** Names whose values are secret wherever they stand; words are compared without their spelling. */
const SECRET_WORDS =
  /(?:^|_)(?:password|passwd|passphrase|pwd|secret|secrets|credential|credentials|api_?key|app_?key|access_?key|private_?key|signing_?key|encryption_?key|subscription_?key|master_?key|auth_?key|client_?secret|authorization|bearer|jwt|token|tokens|session|session_?id|sessid|sid|csrf|xsrf|csrf_?token|otp|totp|one_?time_?code|verification_?code|recovery_?codes?|pin|pin_?code|cvv|cvc|cvv2|card_?number|pan|ssn|iban|account_?number|routing_?number|signature|sig|hmac|nonce|mnemonic|seed_?phrase|connection_?string|magic_?link|webhook_?secret|cookie|cookies|set_cookie|refresh|assertion|code_verifier|samlresponse|viewstate|ticket)$/;
/** `next_page_token`, `max_tokens`: the word stands in them and means a place or a count. */
const HARMLESS =
  /(?:^|_)(?:page|next|prev|previous|sync|continuation|cursor|resume|start|skip|delta|scroll|offset)_(?:page_)?tokens?$|(?:^|_)(?:max|min|total|prompt|completion|input|output|used|remaining|cached|reasoning|num|count|billable)_(?:\w+_)?tokens?$|(?:^|_)tokens?_(?:count|used|limit|type)$|token_type$|(?:^|_)(?:service|account|message|phone|call)_sid$|^sid$|(?:^|_)(?:event|support|help|parent|jira)_ticket$|(?:^|_)key_sid$/;

/** `accessToken`, `X-Api-Key`, `user[password]` in one spelling: words between single underscores. */
export function spelledName(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

const JUDGED = new Map<string, boolean>();
const MAX_JUDGED = 20_000;

/** True for a name whose value nobody else should see. */
export function isSecretName(name: string): boolean {
  const known = JUDGED.get(name);
  if (known !== undefined) return known;
  const spelled = spelledName(name);
  const isSecret = SECRET_WORDS.test(spelled) && !HARMLESS.test(spelled);
  // The names of a recording come again and again.
  if (JUDGED.size < MAX_JUDGED) JUDGED.set(name, isSecret);
  return isSecret;
}

/** Tokens that can be told by how they begin, whoever issued them. */
const ISSUED =
  /\b(?:eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){0,3}|(?:sk|rk|pk|whsec)_(?:live_|test_|prod_)?[A-Za-z0-9]{12,}|sk-(?:[a-z]+-)*[\w-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}|(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{12,}|AIza[\w-]{30,}|ya29\.[\w-]{16,}|1\/\/[\w-]{20,}|GOCSPX-[\w-]{16,}|SG\.[\w-]{12,}\.[\w-]{12,}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{20,}|npm_[A-Za-z0-9]{20,}|pypi-[\w-]{16,}|hf_[A-Za-z0-9]{20,}|dop_v1_[a-f0-9]{20,}|lin_(?:api|oauth)_\w{16,}|ntn_\w{16,}|secret_[A-Za-z0-9]{20,}|key-[a-f0-9]{24,}|rnd_[A-Za-z0-9]{16,}|pat[A-Za-z0-9]{10,}\.[a-f0-9]{20,}|figd_[\w-]{16,}|sq0[a-z]{3}-[\w-]{16,}|EAA[A-Za-z0-9]{24,}|SK[a-f0-9]{32}|dapi[a-f0-9]{24,}|hvs\.[\w-]{16,}|v1\.[a-f0-9]{32,})/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const SCHEME_AND_CREDENTIAL =
  /\b(Bearer|Basic|Token|ApiKey|Digest|AWS4-HMAC-SHA256|Negotiate)\s+([\w+/=.~-]{8,})/gi;
const USER_IN_URL = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>]{1,200}:[^\s/@"'<>]{1,200}@/gi;
const SECRET_IN_QUERY = /([?&#;]|%3F|%26)([\w.[\]-]{1,40})(=|%3D)([^&#\s"'<>]{4,})/g;

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** A text with everything taken out that is a secret by its own shape. */
export function withoutShapes(text: string): string {
  if (text.length < 8) return text;
  return text
    .replaceAll(PRIVATE_KEY, REDACTED)
    .replaceAll(ISSUED, REDACTED)
    .replaceAll(SCHEME_AND_CREDENTIAL, (whole, scheme: string, credential: string) =>
      /[\d+/=~]|.{20}/.test(credential) ? `${scheme} ${REDACTED}` : whole,
    )
    .replaceAll(USER_IN_URL, `$1${REDACTED}@`)
    .replaceAll(SECRET_IN_QUERY, (whole, mark: string, name: string, sign: string) =>
      isSecretName(name) ? `${mark}${name}${sign}${REDACTED}` : whole,
    );
}

/** Bits of surprise in each character of a text (Shannon), at most 6 or so for base64. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** A run of letters and digits that no person wrote: long, mixed and without pattern. */
export function looksRandom(text: string): boolean {
  if (text.length < 20 || text.length > 4_096 || !/^[\w+/=.~:|%-]+$/.test(text)) return false;
  if (!/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return false;
  if (/^\d{4}-\d\d-\d\d/.test(text) || /^https?:/i.test(text)) return false;
  return entropyOf(text) >= (/^[\da-f]+$/i.test(text) ? 3 : 3.6);
}
