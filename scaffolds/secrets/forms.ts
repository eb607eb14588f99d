import { REDACTED } from '@counterpart/schemas';
import { isSecretName } from './names.ts';

/** Tokens that can be told by how they begin, whoever issued them. */
const ISSUED =
  /\b(?:eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){0,3}|(?:sk|rk|pk|whsec)_(?:live_|test_|prod_)?[A-Za-z0-9]{12,}|sk-(?:[a-z]+-)*[\w-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}|(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{12,}|AIza[\w-]{30,}|ya29\.[\w-]{16,}|1\/\/[\w-]{20,}|GOCSPX-[\w-]{16,}|SG\.[\w-]{12,}\.[\w-]{12,}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{20,}|npm_[A-Za-z0-9]{20,}|pypi-[\w-]{16,}|hf_[A-Za-z0-9]{20,}|dop_v1_[a-f0-9]{20,}|lin_(?:api|oauth)_\w{16,}|ntn_\w{16,}|secret_[A-Za-z0-9]{20,}|key-[a-f0-9]{24,}|rnd_[A-Za-z0-9]{16,}|pat[A-Za-z0-9]{10,}\.[a-f0-9]{20,}|figd_[\w-]{16,}|sq0[a-z]{3}-[\w-]{16,}|EAA[A-Za-z0-9]{24,}|SK[a-f0-9]{32}|dapi[a-f0-9]{24,}|hvs\.[\w-]{16,}|v1\.[a-f0-9]{32,})/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const SCHEME_AND_CREDENTIAL =
  /\b(Bearer|Basic|Token|ApiKey|Digest|AWS4-HMAC-SHA256|Negotiate)\s+([\w+/=.~-]{8,})/gi;
const USER_IN_URL = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>]{1,200}:[^\s/@"'<>]{1,200}@/gi;
/** What a form holds after it was cleaned stays. */
const SECRET_IN_QUERY = /([?&#;]|%3F|%26)([\w.[\]-]{1,40})(=|%3D)(?!%5Bredacted%5D)([^&#\s"'<>]{4,})/g;

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
