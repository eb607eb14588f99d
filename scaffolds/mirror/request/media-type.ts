/** A media type without its parameters, lower case: `Application/JSON; charset=utf-8` is `application/json`. */
export function essence(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}

/** True for JSON and everything that says it is JSON underneath. */
export function isJsonType(mediaType: string): boolean {
  return /[/+]json$/.test(essence(mediaType));
}

/** True when one type, or range such as `image/*`, covers another. */
export function covers(range: string, mediaType: string): boolean {
  const [type, subtype] = essence(range).split('/');
  const [otherType, otherSubtype] = essence(mediaType).split('/');
  return (
    (type === '*' || type === otherType) &&
    (subtype === '*' || subtype === undefined || subtype === otherSubtype)
  );
}

interface AcceptedRange {
  readonly range: string;
  readonly quality: number;
  readonly order: number;
}

function parseAccept(accept: string): readonly AcceptedRange[] {
  return accept
    .split(',')
    .map((part, order) => {
      const [range = '', ...parameters] = part.split(';');
      const quality = parameters
        .map((parameter) => /^\s*q=([\d.]+)/i.exec(parameter)?.[1])
        .find((found) => found !== undefined);
      return { range: range.trim(), quality: quality === undefined ? 1 : Number(quality), order };
    })
    .filter(({ range }) => range !== '');
}

const specificity = (range: string): number => (range === '*/*' ? 0 : range.endsWith('/*') ? 1 : 2);

/** The quality an Accept header gives a type (RFC 9110, 12.5.1): the most specific range that covers it decides. */
function qualityOf(mediaType: string, accepted: readonly AcceptedRange[]): number {
  const covering = accepted.filter(({ range }) => covers(range, mediaType) || covers(mediaType, range));
  const best = covering.toSorted(
    (a, b) => specificity(b.range) - specificity(a.range) || a.order - b.order,
  )[0];
  return best?.quality ?? 0;
}

/** True when both are JSON underneath and one of them is plain JSON. */
function areKin(range: string, mediaType: string): boolean {
  const types = [essence(range), essence(mediaType)];
  return types.includes('application/json') && types.every(isJsonType);
}

/**
 * The offer an Accept header likes best, in the order of offers among equals; undefined when it takes none.
 * `application/json` also takes types that are JSON underneath, as a last resort.
 */
export function negotiate<T extends { readonly mediaType: string }>(
  accept: string | undefined,
  offers: readonly T[],
): T | undefined {
  if (accept === undefined || accept.trim() === '')
    return offers.find(({ mediaType }) => isJsonType(mediaType)) ?? offers[0];
  const accepted = parseAccept(accept);
  const ranked = offers
    .map((offer, index) => ({ offer, index, quality: qualityOf(offer.mediaType, accepted) }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.index - b.index);
  const kin = (offer: T): boolean =>
    accepted.some(({ range, quality }) => quality > 0 && areKin(range, offer.mediaType));
  return ranked[0]?.offer ?? offers.find(kin);
}
