import type { Blueprint, Operation } from '@counterpart/schemas';
import { isMembers, type Members } from '../json-value.ts';
import { wantedVariables } from '../credentials/choose.ts';
import type { Env } from '../env.ts';

/** The operation of a failed call, and what it was sent with. */
export interface Failed {
  readonly blueprint: Blueprint;
  readonly operation: Operation;
  readonly env: Env;
  /** Variables whose credentials were sent. */
  readonly sent: readonly string[];
}

type Paths = Pick<Blueprint, 'operations'>;

const readsAt = ({ operations }: Paths, path: string): Operation | undefined =>
  operations.find(({ http, effect }) => effect === 'read' && http.method === 'GET' && http.path === path);

/**
 * The tool that lists what the last value of a path names: `/pets/{id}/photos` → the one that reads `/pets`. Undefined
 * when the service has none, or it is this one.
 */
function listingTool(blueprint: Paths, operation: Operation): string | undefined {
  let { path } = operation.http;
  while (path.includes('{')) {
    path = path.slice(0, path.lastIndexOf('{')).replace(/\/[^/]*$/, '');
    const lists = readsAt(blueprint, path === '' ? '/' : path) ?? readsAt(blueprint, `${path}/`);
    if (lists !== undefined && lists.name !== operation.name) return lists.name;
  }
  return undefined;
}

function unauthorized({ blueprint, operation, env, sent }: Failed): string | undefined {
  if (sent.length > 0)
    return `The credentials in ${sent.join(' and ')} were refused: check that they are current and meant for this service.`;
  const wanted = wantedVariables(blueprint, operation, env);
  return wanted === ''
    ? undefined
    : `The service wants credentials: set ${wanted}, with \`hub secret set\` where a hub runs this server, else in its environment.`;
}

function forbidden({ blueprint, operation, sent }: Failed): string | undefined {
  const requirements = operation.auth ?? blueprint.auth.default;
  const scopes = [...new Set(requirements.flatMap((one) => Object.values(one).flat()))];
  if (scopes.length === 0) return undefined;
  const holder = sent.length === 0 ? 'The credentials' : `What ${sent.join(' and ')} holds`;
  return `${holder} may not do this. It needs the ${scopes.length === 1 ? 'scope' : 'scopes'} ${scopes.join(', ')}: use credentials with it, or ask for less.`;
}

function missing({ blueprint, operation }: Failed): string | undefined {
  const keys = operation.http.parameters.filter(({ in: place }) => place === 'path').map(({ key }) => key);
  if (keys.length === 0) return undefined;
  const tool = listingTool(blueprint, operation);
  const where = tool === undefined ? '' : ` ${tool} tells which there are.`;
  return `What ${keys.join(', ')} ${keys.length === 1 ? 'names' : 'name'} does not exist, or is not visible to these credentials.${where}`;
}

function clash({ blueprint, operation }: Failed): string | undefined {
  const reads = readsAt(blueprint, operation.http.path);
  const tool =
    reads === undefined || reads.name === operation.name ? listingTool(blueprint, operation) : reads.name;
  return tool === undefined
    ? undefined
    : `It clashes with the present state: see with ${tool} how it is now, then decide.`;
}

/** What to do about a status, in the words of this operation: which variable, scope or tool. Undefined: the usual advice. */
export function nextStepFor(failed: Failed, status: number): string | undefined {
  switch (status) {
    case 401:
      return unauthorized(failed);
    case 403:
      return forbidden(failed);
    case 404:
      return missing(failed);
    case 409:
    case 412:
      return clash(failed);
    default:
      return undefined;
  }
}

const BODY_ROOTS = new Set(['body', 'requestBody', '']);

function bodyProperties({ input }: Operation): Members | undefined {
  const properties = typeof input === 'boolean' ? undefined : input['properties'];
  const body = isMembers(properties) ? properties['body'] : undefined;
  const members = isMembers(body) ? body['properties'] : undefined;
  return isMembers(members) ? members : undefined;
}

/**
 * The input key that a service's name of a field stands for: `created[gte]` → `created_gte`, `/name` and `body.name` →
 * `body.name`. A name that is no input stays as it is.
 */
export function inputNameOf(operation: Operation, field: string): string {
  const { parameters, body } = operation.http;
  const parameter = parameters.find(({ name }) => name === field);
  if (parameter !== undefined) return parameter.key;
  const steps = field.replace(/\[(\w+)\]/g, '.$1').split(/[./]/);
  const last = steps.at(-1);
  const placed = parameters.find(
    ({ in: place, name }) => steps.length === 2 && place === steps[0] && name === last,
  );
  if (placed !== undefined) return placed.key;
  if (body === undefined) return field;
  const inBody = steps.filter((step, index) => index > 0 || !BODY_ROOTS.has(step));
  const keys = new Map(
    Object.entries({ ...body.renames?.['**'], ...body.contents[0]?.names }).map(([key, name]) => [name, key]),
  );
  const path = inBody.map((step) => keys.get(step) ?? step);
  const known = bodyProperties(operation);
  const [head = ''] = path;
  const isOfBody = steps.length > inBody.length || (known !== undefined && Object.hasOwn(known, head));
  return isOfBody && path.length > 0 ? ['body', ...path].join('.') : field;
}
