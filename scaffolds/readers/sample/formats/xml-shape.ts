import type { Attributes, XmlHandlers } from '@counterpart/kit/data/xml';

/** An element as a document uses it at one place. */
export interface Shape {
  readonly name: string;
  count: number;
  hasAttributes: boolean;
  readonly children: Map<string, Shape>;
}

/** Kinds of elements that are told apart; names that are made up on the way do not cost memory without end. */
const MOST_SHAPES = 10_000;
/** So many times more elements within make an element a wrapper of theirs. */
const WRAPPED = 20;
/** Kinds of rows that tools are made for. */
const MOST_PARTS = 12;

const shapeOf = (name: string): Shape => ({ name, count: 0, hasAttributes: false, children: new Map() });

/** Counts the elements of a document by their place. */
export class ShapeScan implements XmlHandlers {
  readonly root = shapeOf('');
  readonly #open: Shape[] = [this.root];
  #shapes = 0;

  open(name: string, attributes: Attributes): void {
    const parent = this.#open.at(-1) ?? this.root;
    let shape = parent.children.get(name);
    if (shape === undefined) {
      shape = shapeOf(name);
      this.#shapes += 1;
      if (this.#shapes <= MOST_SHAPES) parent.children.set(name, shape);
    }
    shape.count += 1;
    if (attributes.length > 0) shape.hasAttributes = true;
    this.#open.push(shape);
  }

  text(): void {
    // Places are told apart by their elements alone.
  }

  close(): void {
    this.#open.pop();
  }
}

export interface RecordPath {
  readonly path: string;
  readonly count: number;
}

const hasStructure = ({ children, hasAttributes }: Shape): boolean => children.size > 0 || hasAttributes;

/** Whether an element that repeats holds another that does so far more often: then that one is the record. */
const isWrapper = (shape: Shape): boolean =>
  Array.from(shape.children.values()).some(
    (child) => hasStructure(child) && child.count >= shape.count * WRAPPED,
  );

const localName = ({ name }: Shape): string => name.replace(/^.*:/, '').toLowerCase();

/** What holds the entries of a feed, and what they are called: an entry is a record though a feed may have one alone. */
const FEEDS: ReadonlyMap<string, string> = new Map([
  ['feed', 'entry'],
  ['channel', 'item'],
  ['rdf', 'item'],
]);

/** True for what stands in an element that is named after many of it: `orders/order`, `OrderList/Order`. */
function isOneOfMany(child: Shape, holder: Shape): boolean {
  const [one, many] = [localName(child), localName(holder)];
  const plurals = [`${one}s`, `${one}es`, `${one.replace(/y$/, '')}ies`, `${one}list`, `${one}array`];
  return hasStructure(child) && plurals.includes(many);
}

function repeated(shape: Shape, path: string): RecordPath[] {
  return Array.from(shape.children.values()).flatMap((child) => {
    const at = path === '' ? child.name : `${path}/${child.name}`;
    const repeats = (child.count > shape.count && hasStructure(child)) || isOneOfMany(child, shape);
    const isEntry = FEEDS.get(localName(shape)) === localName(child);
    return isEntry || (repeats && !isWrapper(child))
      ? [{ path: at, count: child.count }]
      : repeated(child, at);
  });
}

/** The first element below that has fields of its own, where none repeats. */
function single(shape: Shape, path: string): RecordPath | undefined {
  for (const child of shape.children.values()) {
    const at = path === '' ? child.name : `${path}/${child.name}`;
    const found =
      child.children.size > 1 || (child.hasAttributes && child.children.size > 0)
        ? { path: at, count: 1 }
        : single(child, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Elements that hold nothing but text and repeat. */
function plainLists(shape: Shape, path: string): RecordPath[] {
  return Array.from(shape.children.values()).flatMap((child) => {
    const at = path === '' ? child.name : `${path}/${child.name}`;
    const own = child.count > shape.count && child.count > 1 ? [{ path: at, count: child.count }] : [];
    return [...own, ...plainLists(child, at)];
  });
}

/** The elements of a document that are records, by their path below the root, those that come most often first. */
export function recordPaths({ root }: ShapeScan): {
  readonly taken: readonly RecordPath[];
  readonly left: readonly RecordPath[];
} {
  const [top] = root.children.values();
  if (top === undefined) return { taken: [], left: [] };
  const found = repeated(top, '').toSorted((a, b) => b.count - a.count);
  const alone = single(top, '');
  const all = found.length > 0 ? found : alone === undefined ? plainLists(top, '') : [alone];
  const most = all[0]?.count ?? 0;
  // A handful of links beside hundreds of entries is no table.
  const worth = all.filter(({ count }) => count > 2 || count === most).slice(0, MOST_PARTS);
  return { taken: worth, left: all.filter((one) => !worth.includes(one)) };
}
