import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import { isMembers, type Members } from '../../json-value.ts';
import { type DataRecord, LARGEST_RECORD, type RecordReader } from './record.ts';
import { textPieces } from './text-pieces.ts';
import { type Attributes, XmlEvents, type XmlHandlers } from './xml-events.ts';

interface Node {
  readonly name: string;
  readonly attributes: Attributes;
  children: Map<string, Json[]> | undefined;
  text: string;
}

/** Depth within one record. */
const DEEPEST_RECORD = 100;

/** Sets a member of its own, whatever it is called. */
function set(members: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
  else members[key] = value;
}

/** An element as a value: its text alone, or an object of attributes, children and text; repeated children are a list. */
function valueOf({ attributes, children, text }: Node): Json {
  const plain = text.trim();
  if (attributes.length === 0 && children === undefined) return plain === '' ? null : plain;
  const members: Record<string, Json> = {};
  for (const [key, value] of attributes) set(members, children?.has(key) === true ? `@${key}` : key, value);
  for (const [key, values] of children ?? [])
    set(members, key, values.length === 1 ? (values[0] ?? null) : values);
  if (plain !== '') set(members, children?.has('text') === true ? '#text' : 'text', plain);
  return members;
}

/** Makes records of the elements that stand at one path below the root, wherever they come. */
export class XmlRecordBuilder implements XmlHandlers {
  readonly #path: readonly string[];
  /** Open elements around a record, the root first. */
  readonly #around: { readonly name: string; readonly attributes: Attributes }[] = [];
  readonly #inside: Node[] = [];
  #done: DataRecord[] = [];
  #line = 0;
  #size = 0;

  constructor(path: string) {
    this.#path = path.split('/');
  }

  open(name: string, attributes: Attributes, line: number): void {
    if (this.#inside.length === 0 && !this.#isRecord(name)) {
      this.#around.push({ name, attributes });
      return;
    }
    if (this.#inside.length === 0) {
      this.#line = line;
      this.#size = 0;
    }
    if (this.#inside.length === DEEPEST_RECORD)
      throw new ToolFailure(`Line ${line}: a record is nested deeper than ${DEEPEST_RECORD} elements.`);
    let size = name.length + 16;
    for (const [key, value] of attributes) size += key.length + value.length;
    this.#grow(size);
    this.#inside.push({ name, attributes, children: undefined, text: '' });
  }

  text(text: string): void {
    const node = this.#inside.at(-1);
    if (node === undefined) return;
    this.#grow(text.length);
    node.text += text;
  }

  close(): void {
    const node = this.#inside.pop();
    if (node === undefined) {
      this.#around.pop();
      return;
    }
    const value = valueOf(node);
    const parent = this.#inside.at(-1);
    if (parent === undefined) {
      this.#done.push({ value: this.#withAncestors(membersOf(value)), line: this.#line });
      return;
    }
    parent.children ??= new Map();
    const same = parent.children.get(node.name);
    if (same === undefined) parent.children.set(node.name, [value]);
    else same.push(value);
  }

  /** Records that were completed since the last time. */
  take(): readonly DataRecord[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #isRecord(name: string): boolean {
    const path = this.#path;
    if (this.#around.length !== path.length || path.at(-1) !== name) return false;
    return this.#around.every((element, index) => index === 0 || element.name === path[index - 1]);
  }

  /** A record with what the elements around it say of it. */
  #withAncestors(own: Members): Members {
    const said = this.#around
      .slice(1)
      .flatMap(({ name, attributes }) =>
        attributes.map(([key, value]): [string, Json] => [`${name}_${key}`, value]),
      );
    return said.length === 0 ? own : { ...Object.fromEntries(said), ...own };
  }

  #grow(by: number): void {
    this.#size += by;
    if (this.#size > LARGEST_RECORD)
      throw new ToolFailure(`The element that begins on line ${this.#line} is larger than 16 MiB.`);
  }
}

const membersOf = (value: Json): Members => (isMembers(value) ? value : { text: value });

/** Records of an XML document: the elements at the path that `dialect.part` names, such as `channel/item`. */
export const xmlRecords: RecordReader = async function* (bytes, { dialect, notes }) {
  const builder = new XmlRecordBuilder(dialect.part ?? '');
  const events = new XmlEvents(builder, notes);
  for await (const piece of textPieces(bytes, dialect.encoding)) {
    events.push(piece);
    yield builder.take();
  }
  events.end();
};
