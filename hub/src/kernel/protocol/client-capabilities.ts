import type { JsonMembers } from '../ports.ts';
import { isMembers } from './members.ts';

/** Capability path by which a client says that it can be asked this; undefined for what is no question of MCP. */
function wantedPath(method: string, params: JsonMembers): readonly string[] | undefined {
  switch (method) {
    case 'elicitation/create':
      return ['elicitation', params['mode'] === 'url' ? 'url' : 'form'];
    case 'sampling/createMessage':
      return 'tools' in params || 'toolChoice' in params ? ['sampling', 'tools'] : ['sampling'];
    case 'roots/list':
      return ['roots'];
    default:
      return undefined;
  }
}

/**
 * What a client would have to declare, as `data.requiredCapabilities` says it, before it may be asked this; undefined when
 * it did. An `elicitation` without modes means forms (2026-07-28, elicitation).
 */
export function missingCapability(
  method: string,
  params: JsonMembers,
  declared: JsonMembers,
): JsonMembers | undefined {
  const [name, part] = wantedPath(method, params) ?? [method];
  const found = name === undefined ? undefined : declared[name];
  if (name === undefined) return undefined;
  const required = { [name]: part === undefined ? {} : { [part]: {} } };
  if (!isMembers(found)) return required;
  if (part === undefined || found[part] !== undefined) return undefined;
  return part === 'form' && Object.keys(found).length === 0 ? undefined : required;
}
