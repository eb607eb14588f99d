import type { JsonMembers } from '../kernel/ports.ts';

/** Servers, and tools of each, whose last call is remembered. */
const MOST_SERVERS = 100;
const MOST_TOOLS = 50;
/** Arguments beyond are not kept: this is looked at with every call, and remembered. */
const MOST_ARGUMENTS = 24;
const MOST_CHARACTERS = 512;

const isSmall = (value: unknown): boolean => {
  if (typeof value === 'string') return value.length <= MOST_CHARACTERS;
  if (Array.isArray(value))
    return value.length <= MOST_ARGUMENTS && value.every((item) => typeof item !== 'object' && isSmall(item));
  return typeof value !== 'object' || value === null;
};

function isKept(value: unknown): value is JsonMembers {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members = Object.values(value);
  return members.length <= MOST_ARGUMENTS && members.every(isSmall);
}

/** Arguments of the last call of each tool. In memory only: they are a person's, and nothing writes them down. */
export class RecentCalls {
  readonly #servers = new Map<string, Map<string, JsonMembers>>();
  #newest = { server: '', tool: '' };

  note(server: string, tool: string, input: unknown): void {
    const given = input ?? {};
    if (!isKept(given)) return;
    // Called again and again, as most are: it stands last already.
    if (this.#newest.server === server && this.#newest.tool === tool)
      return void this.#servers.get(server)?.set(tool, given);
    this.#newest = { server, tool };
    const tools = this.#servers.get(server) ?? new Map<string, JsonMembers>();
    keep(this.#servers, server, tools, MOST_SERVERS);
    keep(tools, tool, given, MOST_TOOLS);
  }

  /** The latest first. */
  of(server: string): { readonly tool: string; readonly input: JsonMembers }[] {
    return [...(this.#servers.get(server) ?? [])].map(([tool, input]) => ({ tool, input })).toReversed();
  }
}

/** The newest stands last; beyond `most` the oldest goes. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
