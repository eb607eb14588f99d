import { attributeOf, type XmlElement } from '@counterpart/kit/soap';
import type { Json, JsonObject, SoapElement, SoapType } from '@counterpart/schemas';
import { ONCE, type Content, type Occurrence } from './content.ts';
import { ENCODING_NS, XSD_NS, type SchemaDocument } from './documents.ts';
import {
  arrayTypeOf,
  documentationOf,
  isOptional,
  isRepeated,
  qualified,
  resolveName,
  schemaChildren,
} from './names.ts';
import {
  builtIn,
  listed,
  mayBeEmpty,
  orNull,
  restricted,
  united,
  withWords,
  type Shape,
} from './simple-types.ts';

/** A definition and the document it stands in. */
export interface Placed {
  readonly node: XmlElement;
  readonly document: SchemaDocument;
}

/** An element under the name it has here; `use` is where it stands, when that is a reference. */
interface Named {
  readonly target: Placed;
  readonly name: string;
  readonly ns: string;
  readonly use?: XmlElement;
}

const KINDS = ['element', 'complexType', 'simpleType', 'group', 'attributeGroup', 'attribute'] as const;
type Kind = (typeof KINDS)[number];

/** Groups may name each other without end. */
const MOST_DEPTH = 60;

/** Turns the types of all schemas into JSON Schema and into the facet, each when it is first needed. */
export class SoapTypes {
  readonly schemas = new Map<string, JsonObject>();
  readonly types = new Map<string, SoapType>();
  /** Names that are used and defined nowhere. */
  readonly missing = new Set<string>();
  readonly #known = new Map<string, Placed>();
  readonly #substitutes = new Map<string, Placed[]>();
  readonly #names = new Map<XmlElement, string>();

  readonly #isEncoded: boolean;

  constructor(documents: readonly SchemaDocument[], isEncoded = false) {
    this.#isEncoded = isEncoded;
    for (const document of documents)
      for (const node of schemaChildren(document.root)) {
        const name = attributeOf(node, 'name');
        if (name === undefined || !KINDS.some((kind) => kind === node.name)) continue;
        this.#known.set(`${node.name} ${qualified(document.ns, name)}`, { node, document });
        this.#addSubstitute(node, document);
      }
  }

  #addSubstitute(node: XmlElement, document: SchemaDocument): void {
    const head = attributeOf(node, 'substitutionGroup');
    const target = head === undefined ? undefined : resolveName(node, head, document);
    if (target === undefined) return;
    const key = qualified(target.ns, target.name);
    this.#substitutes.set(key, [...(this.#substitutes.get(key) ?? []), { node, document }]);
  }

  #find(kind: Kind, { node, document }: Placed, text: string): Placed | undefined {
    const target = resolveName(node, text, document);
    const found = target && this.#known.get(`${kind} ${qualified(target.ns, target.name)}`);
    if (found === undefined)
      this.missing.add(target === undefined ? text : qualified(target.ns, target.name));
    return found;
  }

  /** The global element of a name, as it stands in a body; undefined when no schema has it. */
  element(ns: string, name: string): { readonly element: SoapElement; readonly shape: Shape } | undefined {
    const placed = this.#known.get(`element ${qualified(ns, name)}`);
    if (placed === undefined) this.missing.add(qualified(ns, name));
    if (placed === undefined) return undefined;
    const shape = this.#ofElement(placed);
    return { element: { name, ns, type: shape.type }, shape };
  }

  /** The type that a name means where it stands. */
  named(text: string, placed: Placed): Shape {
    const target = resolveName(placed.node, text, placed.document);
    if (target === undefined) {
      this.missing.add(text);
      return builtIn('anyType');
    }
    const key = qualified(target.ns, target.name);
    const complex = this.#known.get(`complexType ${key}`);
    if (complex !== undefined) return this.#complex(complex, target.name);
    const simple = this.#known.get(`simpleType ${key}`);
    if (simple !== undefined) return this.#simple(simple, 0);
    if (target.ns === XSD_NS || target.ns === ENCODING_NS) return builtIn(target.name);
    this.missing.add(key);
    return builtIn('anyType');
  }

  /** The name of a type where messages say it with each value. */
  typeName(text: string, { node, document }: Placed): { readonly xsi?: string } {
    const target = this.#isEncoded ? resolveName(node, text, document) : undefined;
    return target === undefined ? {} : { xsi: qualified(target.ns, target.name) };
  }

  /** A type of its own for elements of no schema, as the parts of an rpc call. */
  invented(name: string, fields: readonly { element: SoapElement; json: Json; required: boolean }[]): Shape {
    const own = this.#free(name);
    const content: Content = { fields: fields.map((field) => ({ ...field })), attributes: [], isOpen: false };
    return this.#defined(own, content, undefined);
  }

  #free(name: string): string {
    const plain = name.replaceAll(/[^\w.-]/g, '_');
    let own = plain;
    for (let count = 2; this.types.has(own); count += 1) own = `${plain}_${count}`;
    return own;
  }

  #ofElement(placed: Placed): Shape {
    const { node, document } = placed;
    const type = attributeOf(node, 'type');
    const name = attributeOf(node, 'name') ?? 'type';
    if (type !== undefined) return this.named(type, placed);
    for (const child of schemaChildren(node)) {
      if (child.name === 'complexType') return this.#complex({ node: child, document }, name);
      if (child.name === 'simpleType') return this.#simple({ node: child, document }, 0);
    }
    const head = attributeOf(node, 'substitutionGroup');
    const group = head === undefined ? undefined : this.#find('element', placed, head);
    return group === undefined || group.node === node ? builtIn('anyType') : this.#ofElement(group);
  }

  #simple({ node, document }: Placed, depth: number): Shape {
    if (depth > MOST_DEPTH) return builtIn('string');
    const inner = (child: XmlElement): Shape[] =>
      schemaChildren(child)
        .filter(({ name }) => name === 'simpleType')
        .map((one) => this.#simple({ node: one, document }, depth + 1));
    for (const child of schemaChildren(node)) {
      const place = { node: child, document };
      if (child.name === 'list') return listed();
      if (child.name === 'union') {
        const members = (attributeOf(child, 'memberTypes') ?? '').split(/\s+/).filter((one) => one !== '');
        return united([...members.map((one) => this.#base(one, place, depth)), ...inner(child)]);
      }
      if (child.name === 'restriction') {
        const base = attributeOf(child, 'base');
        const shape =
          base === undefined ? (inner(child)[0] ?? builtIn('string')) : this.#base(base, place, depth);
        return restricted(shape, child);
      }
    }
    return builtIn('string');
  }

  /** The simple type of a name; followed with its depth, for types may be based on each other in a ring. */
  #base(text: string, placed: Placed, depth: number): Shape {
    const target = resolveName(placed.node, text, placed.document);
    const simple = target && this.#known.get(`simpleType ${qualified(target.ns, target.name)}`);
    return simple === undefined ? this.named(text, placed) : this.#simple(simple, depth + 1);
  }

  #complex(placed: Placed, name: string): Shape {
    const known = this.#names.get(placed.node);
    if (known !== undefined) return refTo(known);
    const own = this.#free(name);
    this.#names.set(placed.node, own);
    // Taken before its content is read: a type may hold itself.
    this.types.set(own, { elements: [] });
    const content: Content = { fields: [], attributes: [], isOpen: false };
    this.#collect(placed, ONCE, content, 0);
    return this.#defined(own, content, documentationOf(placed.node));
  }

  #defined(
    own: string,
    { fields, attributes, text, array, isOpen }: Content,
    description: string | undefined,
  ): Shape {
    const taken = new Set(fields.map(({ element }) => element.name));
    const keyed = attributes.map(({ attribute, json, required }) => {
      const isTaken = taken.has(attribute.name) || (text !== undefined && attribute.name === 'value');
      const key = isTaken ? `${attribute.name}_attribute` : attribute.name;
      return { attribute: isTaken ? { ...attribute, key } : attribute, key, json, required };
    });
    const members: [string, Json][] = [
      ...keyed.map(({ key, json }): [string, Json] => [key, json]),
      ...(text === undefined ? [] : [['value', text.json] as [string, Json]]),
      ...fields.map(({ element, json }): [string, Json] => [element.name, json]),
    ];
    const required = [
      ...keyed.filter((one) => one.required).map(({ key }) => key),
      ...(text === undefined || mayBeEmpty(text.json) ? [] : ['value']),
      ...fields.filter((one) => one.required).map(({ element }) => element.name),
    ];
    this.types.set(own, {
      elements: fields.map(({ element }) => element),
      ...(keyed.length === 0 ? {} : { attributes: keyed.map(({ attribute }) => attribute) }),
      ...(text === undefined ? {} : { text: text.type }),
      ...(array === undefined ? {} : { array }),
    });
    this.schemas.set(own, {
      type: 'object',
      ...(description === undefined ? {} : { description }),
      properties: Object.fromEntries(members),
      ...(required.length === 0 ? {} : { required }),
      ...(isOpen ? {} : { additionalProperties: false }),
    });
    return refTo(own);
  }

  #collect(placed: Placed, outer: Occurrence, content: Content, depth: number): void {
    if (depth > MOST_DEPTH) return;
    for (const node of schemaChildren(placed.node)) {
      const one: Placed = { node, document: placed.document };
      const isChoice = placed.node.name === 'choice';
      const within: Occurrence = {
        optional: outer.optional || isOptional(node) || isChoice,
        many: outer.many || isRepeated(node),
      };
      this.#part(one, within, content, depth + 1);
    }
  }

  #part(placed: Placed, within: Occurrence, content: Content, depth: number): void {
    const { node } = placed;
    switch (node.name) {
      case 'sequence':
      case 'all':
      case 'choice':
      case 'complexContent':
        return this.#collect(placed, within, content, depth);
      case 'simpleContent':
        return this.#simpleContent(placed, content);
      case 'extension':
      case 'restriction':
        return this.#derived(placed, content, depth);
      case 'group':
      case 'attributeGroup': {
        const ref = attributeOf(node, 'ref');
        const target = ref === undefined ? undefined : this.#find(node.name, placed, ref);
        return target === undefined ? undefined : this.#collect(target, within, content, depth);
      }
      case 'element':
        return this.#field(placed, within, content);
      case 'attribute':
        return this.#attribute(placed, content);
      case 'any':
        content.isOpen = true;
        return undefined;
      default:
        return undefined;
    }
  }

  /** What is derived by extension has all of its base first; what is derived by restriction says again what stays. */
  #derived(placed: Placed, content: Content, depth: number): void {
    const base = attributeOf(placed.node, 'base');
    const target = base === undefined ? undefined : resolveName(placed.node, base, placed.document);
    const complex = target && this.#known.get(`complexType ${qualified(target.ns, target.name)}`);
    if (placed.node.name === 'extension') {
      if (complex !== undefined) this.#collect(complex, ONCE, content, depth);
      else if (target !== undefined && target.ns !== XSD_NS)
        this.missing.add(qualified(target.ns, target.name));
    }
    this.#collect(placed, ONCE, content, depth);
    if (target?.ns === ENCODING_NS && target.name === 'Array') this.#array(placed, content);
  }

  #array(placed: Placed, content: Content): void {
    const { node, type } = arrayTypeOf(placed.node);
    const at = { node, document: placed.document };
    const said = this.typeName(type ?? '', at);
    const shape = type === undefined ? builtIn('anyType') : this.named(type, at);
    content.array = said.xsi ?? qualified(XSD_NS, 'anyType');
    if (content.fields.length > 0) return;
    content.fields.push({
      element: { name: 'item', ns: '', type: shape.type, many: true, ...said },
      json: { type: 'array', items: shape.json },
      required: false,
    });
  }

  #simpleContent(placed: Placed, content: Content): void {
    for (const node of schemaChildren(placed.node)) {
      const one: Placed = { node, document: placed.document };
      const base = attributeOf(node, 'base');
      const target = base === undefined ? undefined : resolveName(node, base, placed.document);
      const complex = target && this.#known.get(`complexType ${qualified(target.ns, target.name)}`);
      if (complex !== undefined) this.#collect(complex, ONCE, content, 1);
      else content.text = base === undefined ? builtIn('string') : this.named(base, one);
      for (const child of schemaChildren(node))
        if (child.name === 'attribute' || child.name === 'attributeGroup')
          this.#part({ node: child, document: placed.document }, ONCE, content, 1);
    }
  }

  #field(placed: Placed, within: Occurrence, content: Content): void {
    const { node, document } = placed;
    const ref = attributeOf(node, 'ref');
    const target = ref === undefined ? placed : this.#find('element', placed, ref);
    if (target === undefined) return;
    const name = attributeOf(target.node, 'name') ?? '';
    if (name === '' || name === '__proto__') return;
    const form = attributeOf(node, 'form') ?? attributeOf(document.root, 'elementFormDefault');
    const ns = ref === undefined ? (form === 'qualified' ? document.ns : '') : target.document.ns;
    const others = ref === undefined ? [] : (this.#substitutes.get(qualified(ns, name)) ?? []);
    const optional = within.optional || others.length > 0;
    for (const other of others)
      this.#add(
        { target: other, name: attributeOf(other.node, 'name') ?? '', ns: other.document.ns },
        { ...within, optional },
        content,
      );
    if (attributeOf(target.node, 'abstract') !== 'true')
      this.#add({ target, name, ns, use: node }, { ...within, optional }, content);
  }

  #add(
    { target, name, ns, use = target.node }: Named,
    { optional, many }: Occurrence,
    content: Content,
  ): void {
    const shape = this.#ofElement(target);
    const nillable = attributeOf(target.node, 'nillable') === 'true';
    const description = documentationOf(use) ?? documentationOf(target.node);
    const single = withWords(nillable ? orNull(shape.json) : shape.json, description, target.node);
    const before = content.fields.find(({ element }) => element.name === name);
    const isMany = many || before !== undefined;
    const json: Json = isMany
      ? { type: 'array', items: single, ...(optional ? {} : { minItems: 1 }) }
      : single;
    const type = attributeOf(target.node, 'type');
    const element: SoapElement = {
      name,
      ns,
      type: shape.type,
      ...(type === undefined ? {} : this.typeName(type, target)),
      ...(isMany ? { many: true } : {}),
      ...(nillable ? { nillable } : {}),
    };
    // The same name twice in a sequence is a list to whoever reads JSON.
    if (before === undefined) content.fields.push({ element, json, required: !optional });
    else Object.assign(before, { element, json });
  }

  #attribute(placed: Placed, content: Content): void {
    const { node, document } = placed;
    const ref = attributeOf(node, 'ref');
    // Those of other namespaces, such as xml:lang, are known by name only.
    const name = attributeOf(node, 'name') ?? '';
    if (ref !== undefined || name === '' || name === '__proto__' || attributeOf(node, 'use') === 'prohibited')
      return;
    const form = attributeOf(node, 'form') ?? attributeOf(document.root, 'attributeFormDefault');
    const type = attributeOf(node, 'type');
    const inner = schemaChildren(node).find((child) => child.name === 'simpleType');
    const shape =
      type === undefined
        ? inner === undefined
          ? builtIn('string')
          : this.#simple({ node: inner, document }, 0)
        : this.named(type, placed);
    if (content.attributes.some(({ attribute }) => attribute.name === name)) return;
    content.attributes.push({
      attribute: { name, ns: form === 'qualified' ? document.ns : '', type: shape.type },
      json: withWords(shape.json, documentationOf(node), node),
      required: attributeOf(node, 'use') === 'required',
    });
  }
}

const refTo = (name: string): Shape => ({ json: { $ref: `#/components/schemas/${name}` }, type: name });
