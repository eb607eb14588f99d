import { isMembers } from '../../../kernel/protocol/members.ts';
import type { ChatTool } from '../../../kernel/ports.ts';

/** What of a tool is needed to recognise a call of it. */
export type KnownTool = Pick<ChatTool, 'name' | 'parameters'>;

/** Tools by the names that weak models give them. */
export class KnownTools {
  readonly #exact = new Map<string, KnownTool>();
  /** By their names without signs and capitals; undefined where two tools are the same so. */
  readonly #plain = new Map<string, KnownTool | undefined>();

  constructor(tools: Iterable<KnownTool>) {
    for (const tool of tools) {
      this.#exact.set(tool.name, tool);
      const plain = plainName(tool.name);
      this.#plain.set(plain, this.#plain.has(plain) ? undefined : tool);
    }
  }

  /** The tool that is meant: by its name, else by the only name that differs in nothing but capitals, signs and a namespace before it. */
  find(written: string): KnownTool | undefined {
    const name = written.trim();
    const exact = this.#exact.get(name) ?? this.#plain.get(plainName(name));
    return exact ?? this.#plain.get(plainName(name.replace(/^(?:functions?|tools?|default_api)[.:/]/i, '')));
  }

  /** Whether one of the names may stand in the text: a cheap look before an expensive one. */
  mayStandIn(text: string): boolean {
    const plain = plainName(text);
    for (const name of this.#plain.keys()) if (plain.includes(name)) return true;
    return false;
  }
}

const plainName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

interface PropertySchema {
  readonly type?: unknown;
  readonly anyOf?: unknown;
}

/** Names of a tool's parameters, in the order in which they are declared. */
export function parameterNames({ parameters }: KnownTool): readonly string[] {
  return Object.keys(propertiesOf(parameters));
}

/** A parameter's schema; an empty one for a name that the tool does not declare. */
export function parameterSchema({ parameters }: KnownTool, name: string): PropertySchema {
  const schema = Object.hasOwn(propertiesOf(parameters), name) ? propertiesOf(parameters)[name] : undefined;
  return isMembers(schema) ? schema : {};
}

function propertiesOf(parameters: KnownTool['parameters']): Readonly<Record<string, unknown>> {
  return isMembers(parameters['properties']) ? parameters['properties'] : {};
}

/** A value that was written as text, such as between XML tags, as its parameter's schema wants it. */
export function textToValue(text: string, { type, anyOf }: PropertySchema): unknown {
  const types = Array.isArray(type) ? type : [type];
  if (types.includes('string') || (types[0] === undefined && anyOf === undefined && !/^\s*[[{]/.test(text)))
    return text.trim();
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}
