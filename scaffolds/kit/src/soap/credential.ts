import type { SoapCredential } from '@counterpart/schemas';
import { escapeXml } from '../xml/parse.ts';

interface Given {
  readonly header: SoapCredential;
  /** Of its parts, in their order; undefined ones are left out. */
  readonly values: readonly (string | undefined)[];
}

type Step = SoapCredential['parts'][number]['path'][number];

interface Text {
  readonly path: readonly Step[];
  readonly attributes: string;
  readonly text: string;
}

/** An element with all that stands in it; namespaces are declared where they change, so that no prefix is needed. */
function elementOf({ name, ns }: Step, texts: readonly Text[], outer = ''): string {
  const own = texts.find(({ path }) => path.length === 0);
  let content = own?.text ?? '';
  const inner = texts.filter(({ path }) => path.length > 0);
  for (let at = 0; at < inner.length;) {
    const child = inner[at]?.path[0];
    if (child === undefined) break;
    const isOther = inner
      .slice(at)
      .findIndex(({ path: [one] }) => one?.name !== child.name || one.ns !== child.ns);
    const end = isOther < 0 ? inner.length : at + isOther;
    const within = inner.slice(at, end).map((text) => ({ ...text, path: text.path.slice(1) }));
    content += elementOf(child, within, ns);
    at = end;
  }
  return `<${name}${ns === outer ? '' : ` xmlns="${escapeXml(ns)}"`}${own?.attributes ?? ''}>${content}</${name}>`;
}

function credentialXml({ header, values }: Given): string {
  const texts = header.parts.flatMap(({ path, attributes = {} }, at): Text[] => {
    const value = values[at];
    const written = Object.entries(attributes).map(([name, text]) => ` ${name}="${escapeXml(text)}"`);
    return value === undefined ? [] : [{ path, attributes: written.join(''), text: escapeXml(value) }];
  });
  return elementOf(header, texts);
}

/** An envelope with a credential as the first element of its header; what is no envelope stays as it is. */
export function withCredential(body: Uint8Array, given: Given): Uint8Array {
  const text = Buffer.from(body).toString();
  const [start, declaration = '', envelope = '', prefix = ''] =
    /^(\s*<\?xml[^>]*\?>)?(\s*<([A-Za-z_][\w.-]*:)?Envelope(?:\s[^>]*)?>)/.exec(text) ?? [];
  if (start === undefined) return body;
  const rest = text.slice(start.length);
  const header = new RegExp(`^\\s*<${prefix}Header(?:\\s[^>/]*)?>`).exec(rest)?.[0];
  const xml = credentialXml(given);
  const inside =
    header === undefined
      ? `<${prefix}Header>${xml}</${prefix}Header>${rest.replace(new RegExp(`^\\s*<${prefix}Header(?:\\s[^>]*)?/>`), '')}`
      : `${header}${xml}${rest.slice(header.length)}`;
  return Buffer.from(`${declaration}${envelope}${inside}`);
}
