import { attributeOf, elementsOf, parseXml, XmlProblem, type XmlElement } from '@counterpart/kit/soap';
import { hubError, type Omission } from '@counterpart/schemas';
import type { SourceText } from '../source.ts';

export const WSDL_NS = 'http://schemas.xmlsoap.org/wsdl/';
export const XSD_NS = 'http://www.w3.org/2001/XMLSchema';

/** True for an element of WSDL. Documents written by hand often declare no namespace for those, and common toolkits take them. */
export const isOfWsdl = ({ ns }: XmlElement): boolean => ns === WSDL_NS || ns === '';

/** The encoding of SOAP 1.1, whose types are those of XML Schema and an array. */
export const ENCODING_NS = 'http://schemas.xmlsoap.org/soap/encoding/';

/** Namespaces whose names everybody knows: what stands at their address adds nothing. */
const KNOWN = new Set([
  XSD_NS,
  'http://www.w3.org/XML/1998/namespace',
  ENCODING_NS,
  'http://schemas.xmlsoap.org/soap/envelope/',
  'http://www.w3.org/2003/05/soap-encoding',
  'http://www.w3.org/2003/05/soap-envelope',
]);

/** A schema document, with the namespace that its names are in. */
export interface SchemaDocument {
  readonly root: XmlElement;
  readonly ns: string;
  /** It has no namespace of its own and takes that of who includes it. */
  readonly isChameleon: boolean;
}

/** A WSDL with everything that it imports. */
export interface Documents {
  readonly definitions: readonly XmlElement[];
  readonly schemas: readonly SchemaDocument[];
  readonly omitted: readonly Omission[];
}

/** Where a document stands, so that its own references can be followed. */
interface Gathering {
  readonly source: SourceText;
  readonly definitions: XmlElement[];
  readonly schemas: SchemaDocument[];
  readonly omitted: Omission[];
  readonly seen: Set<string>;
}

/** What tools add to a description (`xmime:expectedContentTypes`) is kept by whoever copies it, its namespace is not. */
const LENIENT = { undeclaredPrefixes: 'without-attribute' } as const;

/** Reads a WSDL and follows its imports as far as they may be read. Rejects with WSDL_UNREADABLE for the document itself. */
export async function gatherDocuments(source: SourceText): Promise<Documents> {
  const refuse = (detail: string, cause?: unknown) =>
    hubError(
      'WSDL_UNREADABLE',
      { source: source.location, detail },
      cause === undefined ? undefined : { cause },
    );
  let root: XmlElement;
  try {
    root = parseXml(source.text, LENIENT);
  } catch (cause) {
    throw refuse(cause instanceof XmlProblem ? cause.message : 'it is no XML', cause);
  }
  if (root.ns === 'http://www.w3.org/ns/wsdl')
    throw refuse('it is WSDL 2.0; its service publishes WSDL 1.1 as well, as a rule under ?wsdl');
  if (root.name !== 'definitions' || !isOfWsdl(root))
    throw refuse(
      `its root is <${root.name}> of ${root.ns === '' ? 'no namespace' : root.ns}, and not <definitions> of ${WSDL_NS}`,
    );
  const gathering: Gathering = { source, definitions: [], schemas: [], omitted: [], seen: new Set() };
  await addDefinitions(gathering, root, source.neighbours?.home);
  return gathering;
}

async function addDefinitions(
  gathering: Gathering,
  root: XmlElement,
  home: string | undefined,
): Promise<void> {
  gathering.definitions.push(root);
  for (const child of elementsOf(root)) {
    if (child.name === 'import' && isOfWsdl(child)) await follow(gathering, child, home);
    const inner = child.name === 'types' && isOfWsdl(child) ? elementsOf(child) : [];
    for (const schema of inner.filter(({ name, ns }) => name === 'schema' && ns === XSD_NS))
      await addSchema(gathering, schema, { home });
  }
}

async function addSchema(
  gathering: Gathering,
  root: XmlElement,
  { home, includer }: { readonly home: string | undefined; readonly includer?: string },
): Promise<void> {
  const own = attributeOf(root, 'targetNamespace');
  const ns = own ?? includer ?? '';
  gathering.schemas.push({ root, ns, isChameleon: own === undefined && ns !== '' });
  for (const child of elementsOf(root)) {
    if (child.ns !== XSD_NS) continue;
    if (child.name === 'import') await follow(gathering, child, home);
    if (child.name === 'include' || child.name === 'redefine') await follow(gathering, child, home, ns);
  }
}

/** Reads what an import names, once; what cannot be read is told of, and costs what needs it. */
async function follow(
  gathering: Gathering,
  element: XmlElement,
  home: string | undefined,
  includer?: string,
): Promise<void> {
  const location = attributeOf(element, 'schemaLocation') ?? attributeOf(element, 'location');
  const ns = attributeOf(element, 'namespace');
  if (location === undefined || (ns !== undefined && KNOWN.has(ns))) return;
  const problem = await readImport(gathering, location, { home, includer });
  if (problem === undefined) return;
  gathering.omitted.push({
    code: /network|outside/.test(problem) ? 'reference-remote' : 'reference-missing',
    severity: 'part',
    subject: location.slice(0, 200),
    reason: `It is imported${ns === undefined ? '' : ` for ${ns}`} and was not read: ${problem}.`,
    source: { pointer: `#/${element.name}` },
  });
}

/** Why what an import names was not read; undefined when it was. */
async function readImport(
  gathering: Gathering,
  location: string,
  { home, includer }: { readonly home: string | undefined; readonly includer: string | undefined },
): Promise<string | undefined> {
  const { source, seen } = gathering;
  if (home === undefined || !URL.canParse(location, home)) return 'the place it is relative to is not known';
  const { href } = new URL(location, home);
  // A document of no namespace is another one for each namespace that includes it.
  const key = `${href} ${includer ?? ''}`;
  if (seen.has(key)) return undefined;
  seen.add(key);
  const found = await source.neighbours?.read(href);
  if (found?.kind !== 'text') return found?.reason.replace(/\.$/, '') ?? 'it cannot be reached from here';
  try {
    return await addImported(gathering, parseXml(found.text, LENIENT), { home: href, includer });
  } catch (error) {
    if (error instanceof XmlProblem) return error.message;
    throw error;
  }
}

async function addImported(
  gathering: Gathering,
  root: XmlElement,
  { home, includer }: { readonly home: string; readonly includer: string | undefined },
): Promise<string | undefined> {
  const kind = `${root.ns} ${root.name}`;
  if (root.name === 'definitions' && isOfWsdl(root)) await addDefinitions(gathering, root, home);
  else if (kind === `${XSD_NS} schema`)
    await addSchema(gathering, root, { home, ...(includer === undefined ? {} : { includer }) });
  else return `its root is <${root.name}>`;
  return undefined;
}
