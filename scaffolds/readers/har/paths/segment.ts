/** What a piece of a path looks like: `word` says nothing yet, everything else but `version` is an id by its shape. */
export type SegmentKind =
  | 'word'
  | 'version'
  | 'integer'
  | 'uuid'
  | 'hex'
  | 'date'
  | 'prefixed'
  | 'token'
  | 'slug'
  | 'odd';

/** A piece of a path: what may vary, and the fixed text around it, as in `Products(5)` or `report-7.json`. */
export interface Segment {
  readonly raw: string;
  readonly stem: string;
  readonly before: string;
  readonly after: string;
  readonly kind: SegmentKind;
}

const UUID = /^\{?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\}?$/i;
const VERSION =
  /^(?:v\d{1,4}(?:[._]\d+)*(?:-?(?:alpha|beta|rc|preview|p)\d*)?(?:\d*)|\d{1,2}\.\d{1,2}(?:\.\d{1,2})?|(?:alpha|beta|latest|stable|unstable|preview))$/i;
const DATE = /^\d{4}-\d{2}(?:-\d{2})?(?:T[\d:.%A-Za-z+-]+)?$|^\d{4}\/\d\d$/;
/** `cus_9s6XKzkNRiz8i3`, `VA0123…`, `prj-4f2a…`: letters, a join or a change of case, and something random. */
const PREFIXED = /^[A-Za-z]{1,12}[_-](?=[A-Za-z\d]*\d)[A-Za-z\d]{4,}$/;
const ISSUED_SID = /^[A-Z]{2}[\da-f]{32}$/;
/** Ordinary names that have digits in them. */
const NAMED_WITH_DIGITS =
  /^(?:oauth2?|o?auth1|s3|ec2|k8s|web3|base64|md5|sha1|sha256|sha512|ipv[46]|i18n|l10n|a11y|2fa|mfa2|p2p|b2b|b2c|h264|utf8|x509|log4j|http2|top\d+|\d+d|v\d+\w*)$/i;

/** Looks at one piece of a path, still encoded. */
export function segmentOf(raw: string): Segment {
  const text = decoded(raw);
  const kind = kindOf(text);
  const parts = kind === 'version' || kind === 'date' ? undefined : partsOf(text);
  if (parts === undefined) return { raw, stem: text, before: '', after: '', kind };
  const inner = kindOf(parts.stem);
  // Somebody's handle and the argument of a call are values, whatever they look like.
  const isMarked = /[(@~]$|\(['"]$/.test(parts.before) && inner === 'word';
  return { raw, ...parts, kind: isMarked ? 'slug' : inner };
}

/** What varies and the fixed text around it: `Products(5)`, `report-7.json`, `@alice`; undefined where nothing is fixed. */
function partsOf(text: string): Pick<Segment, 'stem' | 'before' | 'after'> | undefined {
  const [, before = '', stem = '', after = ''] =
    /^([A-Za-z_]\w*\(['"]?)([^()'"]+)(['"]?\))$/.exec(text) ??
    /^()(.+?)(\.(?:json|xml|csv|tsv|html?|ya?ml|txt|atom|rss|ics|pdf|png|jpe?g|svg|zip|do|aspx?|php)|:[a-z][A-Za-z]{1,24})$/.exec(
      text,
    ) ??
    /^([@~$*])(.+)()$/.exec(text) ??
    [];
  return stem === '' ? undefined : { stem, before, after };
}

/** Whether a piece is an id by its shape alone. */
export const isIdShaped = ({ kind }: Segment): boolean => kind !== 'word' && kind !== 'version';

function kindOf(text: string): SegmentKind {
  if (VERSION.test(text)) return 'version';
  if (/^-?\d+$/.test(text) || /^-?\d+\.\d+$/.test(text)) return 'integer';
  if (UUID.test(text)) return 'uuid';
  if (DATE.test(text)) return 'date';
  if (/^(?=.*\d)[\da-f]{7,}$/i.test(text) || /^[\da-f]{24,}$/i.test(text)) return 'hex';
  if (ISSUED_SID.test(text) || PREFIXED.test(text)) return 'prefixed';
  if (NAMED_WITH_DIGITS.test(text)) return 'word';
  if (/[^\w.~-]/.test(text)) return 'odd';
  if (isToken(text)) return 'token';
  return isSlug(text) ? 'slug' : 'word';
}

/** Letters and digits in no order that a name would have. */
function isToken(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '').length;
  if (text.length < 6) return digits > 0 && /^[A-Z\d]{4,}$/.test(text);
  const changes = [...text.matchAll(/[a-z]\d|\d[a-z]|\d[A-Z]|[A-Z]\d/g)].length;
  if (digits >= 2 && changes >= 2) return true;
  if (digits >= 4 && /[A-Za-z]/.test(text)) return true;
  if (text.length < 8 || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false;
  // `dQwXgWcQzR`: case changes where no word begins; words of a name are longer.
  const runs = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
  return runs.length >= 4 && text.length / runs.length < (digits > 0 ? 3.2 : 2.8);
}

/** `spring-sale-2024`, `north-wall-camp-site`, `amber42`. */
function isSlug(text: string): boolean {
  const words = text.split(/[-_.]/);
  if (words.length >= 2 && words.some((word) => /^\d+$/.test(word))) return true;
  return words.length >= 5 || /^[a-z]{3,}[\d]{1,3}$/i.test(text);
}

/** Percent-decoded, or as it is where the encoding is wrong. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
