import { DELIMITER_NAMES, likelyDelimiter } from '../sample/dialect.ts';
import { isHar } from '../har/fits.ts';
import { isGraphql } from '../graphql/fits.ts';
import type { Head, Signature } from './format.ts';

/** Formats of text. The order matters: what is sure stands before what is only likely. */

/** Share of the lines that have to look like YAML. */
const YAML_SHARE = 0.7;
const MOST_LINES = 60;

/** An XML declaration, comments, instructions and a document type may stand before the root element. */
const PROLOGUE = /^(?:\s+|<\?[^]*?\?>|<!--[^]*?-->|<!DOCTYPE[^[>]*(?:\[[^]*?\]\s*)?>)*/i;

/** Name of the root element of markup, without its prefix, and the text of its tag; undefined where there is none. */
function rootOf(text: string): { name: string; tag: string } | undefined {
  const rest = text.replace(PROLOGUE, '');
  const found = /^<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)([^>]*)/.exec(rest);
  return found === null ? undefined : { name: found[2] ?? '', tag: found[0] };
}

const rooted =
  (name: RegExp, within?: RegExp) =>
  ({ text }: Head): boolean => {
    const root = rootOf(text);
    return root !== undefined && name.test(root.name) && (within === undefined || within.test(text));
  };

const begins =
  (pattern: RegExp) =>
  ({ text }: Head): boolean =>
    pattern.test(text);

const lineList = (text: string): string[] => {
  const lines = text.split(/\r?\n/, MOST_LINES + 1);
  // What a cut left of the last line tells nothing.
  return (lines.length > 2 ? lines.slice(0, -1) : lines).filter((line) => line.trim() !== '');
};

const parses = (line: string): boolean => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};

function isLines({ text }: Head): boolean {
  const [first = '', second] = lineList(text);
  if (!/^\s*[[{]/.test(first) || !parses(first)) return false;
  return second !== undefined && /^\s*[[{]/.test(second) && parses(second);
}

/** JSON begins with a bracket and what may follow one; the end may be cut off. */
const isJson = ({ text }: Head): boolean =>
  /^\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:["{[\]\d-]|true|false|null|$))/.test(text) ||
  (text.length < 1_000 && /^\s*(?:"|-?\d|true|false|null)/.test(text) && parses(text));

/** Tools as MCP servers list them: the answer, its result, or the list alone; the hub's own listings say what they are. */
const isToolList = ({ text }: Head): boolean =>
  /^\s*(?:\{(?!\s*"mcpListing")[^[]*?"tools"\s*:\s*)?\[\s*\{/.test(text) &&
  /"name"\s*:/.test(text) &&
  /"inputSchema"\s*:\s*\{/.test(text);

/** Members that say what a document of JSON or YAML describes. */
function member(names: string): (head: Head) => boolean {
  const pattern = new RegExp(`(?:^\\s*\\{\\s*|^|,\\s*)["']?(?:${names})["']?\\s*:`, 'm');
  return ({ text }) => /^\s*(?:[{#]|---|["']?\w)/.test(text) && pattern.test(text.slice(0, 4_096));
}

function isYaml({ text, name }: Head): boolean {
  const lines = lineList(text).filter((line) => !/^\s*#/.test(line));
  const fitting = lines.filter((line) =>
    /^\s*(?:- |-$|---|["']?[\w .$/@-]{1,60}["']?\s*:(?:\s|$)|[}\]]|\.\.\.$)/.test(line),
  );
  if (/\.ya?ml$/.test(name)) return lines.length > 0;
  const keyed = lines.some((line) => /^\s*(?:- )?["']?[\w$/@-]+["']?:(?:\s|$)/.test(line));
  return keyed && lines.length > 1 && fitting.length / lines.length >= YAML_SHARE;
}

function delimited({ text, name }: Head): string | false {
  if (/\.(?:csv|tsv|tab|psv)$/.test(name)) return DELIMITER_NAMES[likelyDelimiter(text, 0.4) ?? ','] ?? false;
  const delimiter = likelyDelimiter(text);
  return delimiter === undefined ? false : (DELIMITER_NAMES[delimiter] ?? false);
}

const MARKUP: readonly Signature[] = [
  {
    format: 'html',
    title: 'an HTML page',
    family: 'rows',
    test: begins(
      /^\s*(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|div|section|article|main|p|h1|h2)\b/i,
    ),
  },
  {
    format: 'ofx',
    title: 'an OFX statement',
    family: 'rows',
    test: ({ text }) => {
      const version = /^\s*OFXHEADER\s*:[^]{0,200}?VERSION\s*:\s*(\d+)/i.exec(text)?.[1];
      if (version !== undefined) return `SGML ${version}`;
      const written = /<\?OFX\b[^>]*VERSION\s*=\s*["']?(\d+)/i.exec(text)?.[1];
      if (written !== undefined) return `XML ${written}`;
      return /^\s*<OFX>/i.test(text);
    },
  },
  {
    format: 'camt.053',
    title: 'a bank statement (ISO 20022 camt)',
    family: 'rows',
    test: ({ text }) => /xmlns(?::\w+)?=["'][^"']*:(camt\.05[234]\.[\d.]+)["']/.exec(text)?.[1] ?? false,
  },
  {
    format: 'wsdl',
    title: 'a WSDL document',
    family: 'description',
    test: rooted(/^definitions$|^description$/, /wsdl/i),
  },
  { format: 'xsd', title: 'an XML Schema', family: 'description', test: rooted(/^schema$/, /XMLSchema/) },
  { format: 'edmx', title: 'OData metadata', family: 'description', test: rooted(/^Edmx$/) },
  { format: 'wadl', title: 'a WADL document', family: 'description', test: rooted(/^application$/, /wadl/i) },
  { format: 'soap', title: 'a SOAP message', family: 'rows', test: rooted(/^Envelope$/, /soap/i) },
  { format: 'svg', title: 'an SVG image', family: 'image', test: rooted(/^svg$/) },
  { format: 'plist', title: 'a property list', family: 'rows', test: rooted(/^plist$/) },
  { format: 'rss', title: 'an RSS feed', family: 'rows', test: rooted(/^rss$|^RDF$/) },
  { format: 'atom', title: 'an Atom feed', family: 'rows', test: rooted(/^feed$/) },
  {
    format: 'xml',
    title: 'an XML document',
    family: 'rows',
    test: ({ text }) => {
      const root = rootOf(text);
      return root === undefined ? /^\s*<\?xml\b/.test(text) : root.name;
    },
  },
];

const STRUCTURED: readonly Signature[] = [
  { format: 'icalendar', title: 'an iCalendar file', family: 'rows', test: begins(/^\s*BEGIN:VCALENDAR\b/i) },
  { format: 'vcard', title: 'a vCard file', family: 'text', test: begins(/^\s*BEGIN:VCARD\b/i) },
  {
    format: 'qif',
    title: 'a QIF file',
    family: 'rows',
    test: begins(/^\s*!(?:Type|Account|Option|Clear)\b/i),
  },
  {
    format: 'mt940',
    title: 'a SWIFT MT940 statement',
    family: 'text',
    test: begins(/^(?:\{1:|\s*:20:[^]*^:25:)/m),
  },
  { format: 'har', title: 'recorded traffic (HAR)', family: 'description', test: ({ text }) => isHar(text) },
  { format: 'openapi', title: 'an OpenAPI document', family: 'description', test: member('openapi|swagger') },
  { format: 'asyncapi', title: 'an AsyncAPI document', family: 'description', test: member('asyncapi') },
  {
    format: 'protobuf',
    title: 'a protobuf file',
    family: 'description',
    test: begins(/^\s*syntax\s*=\s*["']proto[23]["']/m),
  },
  { format: 'ndjson', title: 'lines of JSON (NDJSON)', family: 'rows', test: isLines },
  {
    format: 'pem',
    title: 'a key or certificate (PEM)',
    family: 'secret',
    test: ({ text }) => /^\s*-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1]?.toLowerCase() ?? false,
  },
  {
    format: 'mcp-tools',
    title: 'what an MCP server answered to tools/list',
    family: 'description',
    test: isToolList,
  },
  {
    format: 'mcp-servers',
    title: 'the configuration of an MCP client',
    family: 'description',
    test: begins(/^\s*\{[^[]*?"mcpServers"\s*:\s*\{/),
  },
  { format: 'json', title: 'JSON', family: 'rows', test: isJson },
  {
    format: 'email',
    title: 'an e-mail message',
    family: 'text',
    test: begins(
      /^(?:From |(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version):)[^]*?^(?:Subject|From|To|Date):/im,
    ),
  },
  {
    format: 'graphql',
    title: 'a GraphQL schema',
    family: 'description',
    test: ({ text, name }) => isGraphql({ text, location: name }),
  },
  { format: 'shell', title: 'a script', family: 'program', test: begins(/^#!\s*\//) },
  {
    format: 'toml',
    title: 'a TOML or INI file',
    family: 'text',
    test: begins(
      /^(?:\s*(?:[#;].*)?\n)*\s*\[{1,2}[\w." -]+\]{1,2}\s*(?:[#;].*)?\n(?:\s*(?:[#;].*)?\n)*\s*[\w."-]+\s*=/,
    ),
  },
];

const LIKELY: readonly Signature[] = [
  {
    format: 'tsv',
    title: 'rows separated by tabs (TSV)',
    family: 'rows',
    test: (head) => delimited(head) === 'tab',
  },
  { format: 'yaml', title: 'YAML', family: 'rows', test: isYaml },
  { format: 'csv', title: 'rows with a delimiter (CSV)', family: 'rows', test: delimited },
  { format: 'markdown', title: 'a Markdown text', family: 'text', test: begins(/^#{1,6} \S/m) },
];

/** Formats of text; what none of them takes is plain text. */
export const TEXT: readonly Signature[] = [...MARKUP, ...STRUCTURED, ...LIKELY];
