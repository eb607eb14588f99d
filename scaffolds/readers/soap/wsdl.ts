import { attributeOf, elementsOf, type XmlElement } from '@counterpart/kit/soap';
import { isOfWsdl, WSDL_NS, type Documents, type SchemaDocument } from './documents.ts';
import { documentationOf, qualified, resolveName } from './names.ts';

/** Namespaces of the SOAP bindings of WSDL 1.1. */
const BINDINGS = {
  '1.1': 'http://schemas.xmlsoap.org/wsdl/soap/',
  '1.2': 'http://schemas.xmlsoap.org/wsdl/soap12/',
} as const;
export type SoapVersion = keyof typeof BINDINGS;

/** A part of a message: an element of a schema, or a type. */
export interface Part {
  readonly name: string;
  readonly element?: string;
  readonly type?: string;
  /** Where its names are resolved. */
  readonly node: XmlElement;
}

/** A part of a message that stands in the header. */
export interface HeaderUse {
  readonly part: Part;
  /** Namespace of a part that is a type. */
  readonly ns: string;
  readonly required: boolean;
}

export interface Direction {
  readonly message: string;
  readonly parts: readonly Part[];
  readonly use: string;
  /** Namespace of the wrapper of an rpc call. */
  readonly ns: string;
  /** What the binding puts into the header of the envelope. */
  readonly headers: readonly HeaderUse[];
}

/** One operation of a port, as its binding carries it. */
export interface WsdlOperation {
  readonly name: string;
  readonly portType: string;
  readonly service: string;
  readonly address: string;
  readonly action: string;
  readonly style: string;
  readonly documentation: string | undefined;
  readonly input: Direction | undefined;
  readonly output: Direction | undefined;
}

/** What a WSDL says of its services. */
export interface Wsdl {
  readonly title: string;
  readonly documentation: string | undefined;
  readonly version: SoapVersion;
  readonly operations: readonly WsdlOperation[];
  /** Ports that are not taken, with the reason. */
  readonly others: readonly { readonly port: string; readonly reason: string }[];
  readonly wantsUsernameToken: boolean;
}

/** For names outside of schemas, which are never included. */
const NO_SCHEMA: SchemaDocument | undefined = undefined;

const children = (element: XmlElement, name: string): XmlElement[] =>
  elementsOf(element).filter((child) => child.name === name && isOfWsdl(child));

const nameOf = (element: XmlElement): string => attributeOf(element, 'name') ?? '';

/** Everything that is defined, by kind and qualified name. */
class Definitions {
  readonly #known = new Map<string, XmlElement>();

  constructor(documents: readonly XmlElement[]) {
    for (const document of documents) {
      const ns = attributeOf(document, 'targetNamespace') ?? '';
      for (const child of elementsOf(document))
        if (isOfWsdl(child)) this.#known.set(`${child.name} ${qualified(ns, nameOf(child))}`, child);
    }
  }

  bindingOf = (port: XmlElement): XmlElement | undefined =>
    this.find('binding', port, attributeOf(port, 'binding'));

  find(kind: string, node: XmlElement, text: string | undefined): XmlElement | undefined {
    const target = text === undefined ? undefined : resolveName(node, text, NO_SCHEMA);
    return target && this.#known.get(`${kind} ${qualified(target.ns, target.name)}`);
  }
}

interface Port {
  readonly name: string;
  readonly service: string;
  readonly version: SoapVersion | undefined;
  readonly address: string;
  readonly binding: XmlElement | undefined;
}

/**
 * The ports of all services and what is called through them. A standard that many devices follow (ONVIF) names no service:
 * its bindings stand for ports without an address.
 */
export function readWsdl({ definitions }: Documents): Wsdl {
  const known = new Definitions(definitions);
  const services = definitions.flatMap((document) => children(document, 'service'));
  const ports =
    services.length > 0
      ? services.flatMap((service) =>
          children(service, 'port').map((port) => portOf(service, port, known.bindingOf(port))),
        )
      : definitions
          .flatMap((document) => children(document, 'binding'))
          .map((binding) => portOf(undefined, binding, binding));
  const version: SoapVersion = ports.some((port) => port.version === '1.1') ? '1.1' : '1.2';
  const others: { port: string; reason: string }[] = [];
  const taken = new Set<string>();
  const operations = ports.flatMap((port) => {
    const type = port.binding === undefined ? '' : (attributeOf(port.binding, 'type') ?? '');
    const skip = reasonToSkip(port, version, taken.has(type));
    if (skip !== undefined || port.binding === undefined) {
      others.push({
        port: port.service === '' ? port.name : `${port.service}.${port.name}`,
        reason: skip ?? 'Its binding is not defined.',
      });
      return [];
    }
    taken.add(type);
    return operationsOf(port, port.binding, known);
  });
  const [root] = definitions;
  const [service] = services;
  return {
    title: (service === undefined ? '' : nameOf(service)) || (root === undefined ? '' : nameOf(root)),
    documentation: service && (documentationOf(service) ?? (root && documentationOf(root))),
    version,
    operations,
    others,
    wantsUsernameToken: definitions.some((document) => hasDescendant(document, 'UsernameToken')),
  };
}

const hasDescendant = (element: XmlElement, name: string): boolean =>
  elementsOf(element).some((child) => child.name === name || hasDescendant(child, name));

function portOf(service: XmlElement | undefined, port: XmlElement, binding: XmlElement | undefined): Port {
  const version = (Object.keys(BINDINGS) as SoapVersion[]).find(
    (one) =>
      binding !== undefined &&
      elementsOf(binding).some(({ name, ns }) => name === 'binding' && ns === BINDINGS[one]),
  );
  const address = elementsOf(port).find(({ name }) => name === 'address');
  return {
    name: nameOf(port),
    service: service === undefined ? '' : nameOf(service),
    version,
    binding,
    address: (address && attributeOf(address, 'location'))?.trim() ?? '',
  };
}

function reasonToSkip(port: Port, version: SoapVersion, isTaken: boolean): string | undefined {
  if (port.binding === undefined) return 'Its binding is not defined.';
  if (port.version === undefined) return 'Its binding is not SOAP.';
  if (port.version !== version)
    return `It is the same over SOAP ${port.version}; calls go over SOAP ${version}.`;
  const soap = elementsOf(port.binding).find(({ ns }) => ns === BINDINGS[version]);
  const transport = soap && attributeOf(soap, 'transport');
  if (transport !== undefined && !/\/http\/?$/.test(transport)) return 'It is not reached over HTTP.';
  return isTaken ? 'It offers the same operations as a port before it.' : undefined;
}

function operationsOf(port: Port, binding: XmlElement, known: Definitions): WsdlOperation[] {
  const version = port.version ?? '1.1';
  const soapOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
    element && elementsOf(element).find((child) => child.name === name && child.ns === BINDINGS[version]);
  const portType = known.find('portType', binding, attributeOf(binding, 'type'));
  const style = attributeOf(soapOf(binding, 'binding') ?? binding, 'style') ?? 'document';
  const abstract = portType === undefined ? [] : children(portType, 'operation');
  return children(binding, 'operation').map((node, index) => {
    const name = nameOf(node);
    const same = abstract.filter((one) => nameOf(one) === name);
    const nth = children(binding, 'operation')
      .slice(0, index)
      .filter((one) => nameOf(one) === name).length;
    const meant = same[nth] ?? same[0];
    const soap = soapOf(node, 'operation');
    const direction = (kind: 'input' | 'output'): Direction | undefined => {
      const [told] = meant === undefined ? [] : children(meant, kind);
      const [carried] = children(node, kind);
      const text = told && attributeOf(told, 'message');
      if (told === undefined || text === undefined) return undefined;
      const message = known.find('message', told, text);
      const body = soapOf(carried, 'body');
      const chosen = (body && attributeOf(body, 'parts'))?.split(/\s+/).filter((part) => part !== '');
      return {
        message: text,
        parts: partsOf(message).filter((part) => chosen === undefined || chosen.includes(part.name)),
        use: (body && attributeOf(body, 'use')) ?? 'literal',
        ns: (body && attributeOf(body, 'namespace')) ?? '',
        headers: (carried === undefined ? [] : elementsOf(carried))
          .filter((child) => child.name === 'header' && child.ns === BINDINGS[version])
          .flatMap((child) => headerUse(child, known)),
      };
    };
    return {
      name,
      portType: portType === undefined ? '' : nameOf(portType),
      service: port.service,
      address: port.address,
      action: (soap && attributeOf(soap, 'soapAction')) ?? '',
      style: (soap && attributeOf(soap, 'style')) ?? style,
      documentation: (meant && documentationOf(meant)) ?? documentationOf(node),
      input: direction('input'),
      output: direction('output'),
    };
  });
}

function headerUse(header: XmlElement, known: Definitions): HeaderUse[] {
  const parts = partsOf(known.find('message', header, attributeOf(header, 'message')));
  const wanted = attributeOf(header, 'part');
  const part = parts.find(({ name }) => name === wanted);
  const ns = attributeOf(header, 'namespace') ?? '';
  const required = attributeOf(header, 'required', WSDL_NS) === 'true';
  return part === undefined ? [] : [{ part, ns, required }];
}

function partsOf(message: XmlElement | undefined): Part[] {
  return (message === undefined ? [] : children(message, 'part')).map((node) => {
    const [element, type] = [attributeOf(node, 'element'), attributeOf(node, 'type')];
    return {
      name: nameOf(node),
      ...(element === undefined ? {} : { element }),
      ...(type === undefined ? {} : { type }),
      node,
    };
  });
}
