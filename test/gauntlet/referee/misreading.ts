import { isTree } from './tree.ts';

/** A request as it stood on the wire, and what the referee said against it. */
export interface Refused {
  readonly target: string;
  /** Of a form; empty for any other body. */
  readonly form: string;
  readonly said: string;
}

const NO_LISTS_OF_OBJECTS = 'Cannot deserialize JSON object array in form data request body';

/**
 * Why a refusal is the referee's error, told from the request alone; undefined: it is not known to be one. Of a parameter
 * in deepObject style that is not there Prism makes an empty object and asks for its required members; and it reads no
 * `lines[0][price]`, the notation of the services that use this style.
 */
export function misreadingOf({ target, form, said }: Refused): string | undefined {
  const inForm = keysOf(form);
  if (said.includes(NO_LISTS_OF_OBJECTS) && inForm.some((key) => /\[\d+\]\[/.test(key)))
    return 'the referee reads no lists of objects in forms';
  const inQuery = keysOf(target.split('?')[1] ?? '');
  const isAbsent = (violation: unknown): boolean => {
    const [, place, name, ...inner] = placeOf(violation);
    const sent = place === 'query' ? inQuery : place === 'body' && form !== '' ? inForm : undefined;
    const key = `${name}${inner.map((step) => `[${step}]`).join('')}`;
    return name !== undefined && sent?.every((one) => one !== key && !one.startsWith(`${key}[`)) === true;
  };
  const violations = violationsOf(said);
  const isMadeUp = (one: unknown): boolean =>
    isTree(one) && one['code'] === 'required' && placeOf(one).length > 2 && isAbsent(one);
  return violations.length > 0 && violations.every(isMadeUp)
    ? 'the referee asks for members of an optional object that was not sent'
    : undefined;
}

const keysOf = (pairs: string): readonly string[] => [...new URLSearchParams(pairs).keys()];

function placeOf(violation: unknown): readonly string[] {
  const location = isTree(violation) ? violation['location'] : undefined;
  const steps = Array.isArray(location) ? location.map(String) : [];
  return steps[0] === 'request' ? steps : ['request', ...steps];
}

function violationsOf(said: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(said);
    const list = isTree(parsed) ? parsed['validation'] : parsed;
    return Array.isArray(list) ? list : [];
  } catch {
    return []; // what it said is no JSON: nothing is known
  }
}
