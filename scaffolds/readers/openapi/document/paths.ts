import type { OperationContext } from './context.ts';
import { isLegalKey, plainKey } from '../operation/keys.ts';
import type { ReadParameter } from '../operation/parameters.ts';

/**
 * The path as it is sent, and the parameters made true to it: one that the template names but nothing declares is added
 * as text, one that is declared but not in the template is left out. Both are reported.
 */
export function pathOf(
  declared: string,
  parameters: readonly ReadParameter[],
  context: OperationContext,
): { path: string; parameters: ReadParameter[] } {
  const { path, reserved } = wirePath(declared);
  const names = new Set([...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? ''));
  const kept = parameters.filter(({ binding, pointer }) => {
    const isStray = binding.in === 'path' && !names.has(binding.name);
    if (isStray) {
      const reason = `The path has no {${binding.name}}; the parameter is left out`;
      context.lose({
        code: 'parameter-unusable',
        severity: 'notice',
        part: `parameter ${binding.name}`,
        pointer,
        reason,
      });
    }
    return !isStray;
  });
  const present = new Set(
    kept.filter(({ binding }) => binding.in === 'path').map(({ binding }) => binding.name),
  );
  const taken = new Set(['body', ...kept.map(({ binding }) => binding.key)]);
  const added = [...names]
    .filter((name) => !present.has(name))
    .map((name) => synthesised(name, taken, context));
  const all = [...added, ...kept].map((parameter) =>
    parameter.binding.in === 'path' && reserved.has(parameter.binding.name)
      ? { ...parameter, binding: { ...parameter.binding, allowReserved: true } }
      : parameter,
  );
  return { path, parameters: all };
}

/** Without a fragment or a trailing query template; `{+name}` (RFC 6570) is `{name}` that may hold slashes. */
function wirePath(declared: string): { path: string; reserved: Set<string> } {
  const reserved = new Set<string>();
  const [route = ''] = declared.split('#');
  const path = route.replaceAll(/\{[?&][^{}]*\}/g, '').replaceAll(/\{\+([^{}]+)\}/g, (_, name: string) => {
    reserved.add(name);
    return `{${name}}`;
  });
  return { path: path.startsWith('/') ? path : `/${path}`, reserved };
}

function synthesised(name: string, taken: Set<string>, context: OperationContext): ReadParameter {
  const plain = isLegalKey(name) && name !== '__proto__' ? name : plainKey(name);
  const key = taken.has(plain) ? `${plain.slice(0, 50)}_path` : plain;
  taken.add(key);
  const { pointer } = context;
  const reason = `{${name}} is in the path but not among the parameters; any text is accepted for it`;
  context.lose({
    code: 'parameter-unusable',
    severity: 'notice',
    part: `parameter ${name}`,
    pointer,
    reason,
  });
  return {
    binding: { key, name, in: 'path', style: 'simple', explode: false, required: true },
    schema: { type: 'string' },
    asked: true,
    pointer,
  };
}
