import { isMembers } from '../kernel/protocol/members.ts';
import type { JsonMembers } from '../kernel/ports.ts';

/** Stands where a value is not shown; sent back, it leaves the value as it is. */
export const MASK = '[hidden]';

/** Members whose values are often secrets, however they are called. */
const HOLDS_SECRETS = new Set(['env', 'headers']);
const IS_SECRET = /^(?:apiKey|token|password|secret)$/i;
/** What stands for a value that is kept elsewhere. */
const REFERENCE = /^\$\{(?:secret|env):[^}]+\}$/;

/** A configuration as it may be shown: values that may be secrets are masked unless they are references. */
export function masked(value: unknown, name = '', isInside = false): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, name, isInside));
  if (isMembers(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        masked(member, key, isInside || HOLDS_SECRETS.has(key)),
      ]),
    );
  const isHidden = typeof value === 'string' && (isInside || IS_SECRET.test(name)) && !REFERENCE.test(value);
  return isHidden && value !== '' ? MASK : value;
}

/** Changes members as JSON Merge Patch does (RFC 7396): null takes one away, objects go together, all else is replaced. */
export function mergePatch(json: Record<string, unknown>, patch: JsonMembers): void {
  for (const [key, value] of Object.entries(patch)) {
    if (key === '__proto__' || value === MASK) continue;
    if (value === null) delete json[key];
    else if (!isMembers(value)) json[key] = value;
    else {
      const before = json[key];
      const member = isMembers(before) ? { ...before } : {};
      mergePatch(member, value);
      json[key] = member;
    }
  }
}

/** Puts a tool's own name on the list of those that a server does not offer, or takes it off; other patterns stay. */
export function setDenied(settings: Record<string, unknown>, tool: string, isDenied: boolean): void {
  const policy = isMembers(settings['policy']) ? settings['policy'] : {};
  const listed: unknown = policy['deny'];
  const others: unknown[] = Array.isArray(listed) ? listed.filter((pattern) => pattern !== tool) : [];
  const deny = isDenied ? [...others, tool] : others;
  const { deny: _, ...rest } = policy;
  const next = deny.length === 0 ? rest : { ...rest, deny };
  if (Object.keys(next).length === 0) delete settings['policy'];
  else settings['policy'] = next;
}
