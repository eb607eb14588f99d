import { deedOf, splitDeed, type Deed } from './words.ts';

/** A piece of a path template: text, or a parameter by its name on the wire. */
export type Piece = { readonly text: string } | { readonly parameter: string };

/** A path template, read as: what collection, which item of it, which deed. */
export interface PathShape {
  /** Pieces of the collection, without the item's parameter and the deed. */
  readonly collection: readonly Piece[];
  /** Wire name of the parameter that names one item; absent for the collection itself. */
  readonly item?: string;
  /** A word of the path that says what is done. */
  readonly deed?: Deed;
}

const isText = (piece: Piece): piece is { readonly text: string } => 'text' in piece;

/** Pieces of a template; file suffixes such as `.json` and queries are no part of a resource's name. */
export function toPieces(template: string): readonly Piece[] {
  const path = (template.split(/[?#]/)[0] ?? '').replace(/\/+$/, '');
  const all = path.split('/').filter((segment) => segment !== '');
  // Docker shows a thing at `/things/{id}/json`.
  const segments = all.length > 1 && /^(?:json|xml)$/.test(all.at(-1) ?? '') ? all.slice(0, -1) : all;
  return segments.map((segment, index): Piece => {
    const isLast = index === segments.length - 1;
    const bare = isLast ? segment.replace(/\.(?:json|xml|csv)$/i, '') : segment;
    const parameter = /^\{([^{}]+)\}$/.exec(bare)?.[1];
    return parameter === undefined ? { text: bare } : { parameter };
  });
}

/** `users.list` and `:cancel` carry their deed after the last point or colon; `2.0` is a version. */
function splitSuffix(piece: Piece): readonly Piece[] {
  if (!isText(piece)) return [piece];
  const [, head, tail] = /^(.+)[.:]([^\d.:{}][^.:{}]*)$/.exec(piece.text) ?? [];
  if (head === undefined || tail === undefined) return [piece];
  const parameter = /^\{([^{}]+)\}$/.exec(head)?.[1];
  return [parameter === undefined ? { text: head } : { parameter }, { text: tail }];
}

/** A name such as `createUser` as `user` and its deed; one word alone is a deed only behind another piece. */
function deedIn(
  pieces: readonly Piece[],
): { readonly rest: readonly Piece[]; readonly deed: Deed } | undefined {
  const last = pieces.at(-1);
  if (!last || !isText(last)) return undefined;
  const before = pieces.slice(0, -1);
  const deed = deedOf(last.text);
  if (deed && before.length > 0) return { rest: before, deed };
  const split = splitDeed(last.text);
  return split && before.every(isText)
    ? { rest: [...before, { text: split.noun }], deed: split.deed }
    : undefined;
}

/** True when the piece before the item's parameter is a word of doing, as in `/process/stop/{name}`. */
function withoutMiddleDeed(pieces: readonly Piece[], known: ReadonlySet<string>): PathShape | undefined {
  const middle = pieces.at(-2);
  const last = pieces.at(-1);
  const before = pieces.slice(0, -2);
  if (!middle || !last || isText(last) || !isText(middle) || before.length === 0) return undefined;
  const deed = deedOf(middle.text);
  const isKnown = known.has(keyOf([...before, last]));
  return deed && isKnown ? { collection: before, item: last.parameter, deed } : undefined;
}

/** A template's pieces as one text in which names of parameters do not matter. */
export function keyOf(pieces: readonly Piece[]): string {
  return `/${pieces.map((piece) => (isText(piece) ? piece.text : '{}')).join('/')}`;
}

/** Reads a template; `known` are the keys of all templates of the blueprint. */
export function shapePath(template: string, known: ReadonlySet<string>): PathShape {
  const all = toPieces(template);
  const whole = [
    ...all.slice(0, -1),
    ...(all.length > 0 ? splitSuffix(all[all.length - 1] ?? { text: '' }) : []),
  ];
  const middle = withoutMiddleDeed(whole, known);
  if (middle) return middle;
  const found = deedIn(whole);
  const pieces = found?.rest ?? whole;
  const deed = found ? { deed: found.deed } : {};
  const last = pieces.at(-1);
  if (!last || isText(last) || pieces.length < 2) return { collection: pieces, ...deed };
  return { collection: pieces.slice(0, -1), item: last.parameter, ...deed };
}

/** Where each parameter of a path stands, by the text before it: `/owners/{id}` is the place `owners`. */
export function placesOf(pieces: readonly Piece[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const [index, piece] of pieces.entries()) {
    if (isText(piece)) continue;
    const before = pieces[index - 1];
    places.set(piece.parameter, before && isText(before) ? before.text.toLowerCase() : piece.parameter);
  }
  return places;
}
