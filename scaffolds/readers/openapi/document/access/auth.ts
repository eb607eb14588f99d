import type { AuthRequirement, AuthScheme, Blueprint, Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject, listMember, objectMember, textMember, texts } from '../../source/json-tree.ts';
import { Unusable } from '../omissions.ts';
import { signingScheme, signsWith } from './signing.ts';
import type { Dialect } from '../../source/parse.ts';
import { resolveObject } from '../references.ts';
import { upgradeScheme } from '../../source/swagger2.ts';
import { shortDescription } from '../../text/text.ts';

export type Schemes = Blueprint['auth']['schemes'];

/** The security schemes of a description by name. One that cannot be read is reported by its pointer and left out. */
export function readSchemes(
  root: JsonObject,
  dialect: Dialect,
  report: (pointer: string, reason: string) => void,
): Schemes {
  const [declared, home] =
    dialect === '2.0'
      ? [objectMember(root, 'securityDefinitions'), '#/securityDefinitions']
      : [objectMember(objectMember(root, 'components'), 'securitySchemes'), '#/components/securitySchemes'];
  const found = Object.entries(declared).flatMap(([name, value]): [string, AuthScheme][] => {
    const pointer = `${home}/${name}`;
    const scheme =
      name === '__proto__'
        ? undefined
        : readScheme(
            { root, dialect, report: (reason) => report(pointer, reason) },
            { name, value, pointer },
          );
    if (scheme === undefined) report(pointer, 'is not a security scheme this reader knows; it is left out');
    return scheme === undefined ? [] : [[name, scheme]];
  });
  return Object.fromEntries(found);
}

interface Reading {
  readonly root: JsonObject;
  readonly dialect: Dialect;
  readonly report: (reason: string) => void;
}

function readScheme(
  { root, dialect, report }: Reading,
  { name, value, pointer }: { readonly name: string; readonly value: Json; readonly pointer: string },
): AuthScheme | undefined {
  try {
    const resolved = resolveObject(root, { value, pointer }).value;
    const scheme = dialect === '2.0' ? upgradeScheme(resolved) : resolved;
    const signing = signingScheme(resolved, name, report);
    return signing ?? (scheme === undefined ? undefined : toScheme(scheme));
  } catch (error) {
    if (error instanceof Unusable) return undefined;
    throw error;
  }
}

function toScheme(scheme: JsonObject): AuthScheme | undefined {
  const text = shortDescription(textMember(scheme, 'description'), 500);
  const description = text === undefined ? {} : { description: text };
  const type = textMember(scheme, 'type') ?? '';
  switch (type) {
    case 'apiKey': {
      const name = textMember(scheme, 'name');
      const place = textMember(scheme, 'in');
      if (name === undefined || !(place === 'query' || place === 'header' || place === 'cookie'))
        return undefined;
      return { kind: 'api-key', in: place, name, ...description };
    }
    case 'http':
      return httpScheme(scheme, description);
    case 'oauth2':
      return { kind: 'oauth2', flows: flowsOf(objectMember(scheme, 'flows')), ...description };
    case 'openIdConnect': {
      const url = textMember(scheme, 'openIdConnectUrl');
      return url === undefined ? undefined : { kind: 'openid', url, ...description };
    }
    case 'mutualTLS':
      return { kind: 'mutual-tls', ...description };
    default:
      return undefined;
  }
}

function httpScheme(scheme: JsonObject, description: { description?: string }): AuthScheme | undefined {
  const name = textMember(scheme, 'scheme');
  if (name === undefined || name === '') return undefined;
  if (name.toLowerCase() === 'basic') return { kind: 'basic', ...description };
  if (name.toLowerCase() !== 'bearer') return { kind: 'http', scheme: name, ...description };
  const format = textMember(scheme, 'bearerFormat');
  return { kind: 'bearer', ...(format === undefined ? {} : { format }), ...description };
}

const FLOW_URLS = ['authorizationUrl', 'tokenUrl', 'refreshUrl', 'deviceAuthorizationUrl'] as const;

function flowsOf(flows: JsonObject): Extract<AuthScheme, { kind: 'oauth2' }>['flows'] {
  const entries = Object.entries(flows).filter(([name, flow]) => !name.startsWith('x-') && isObject(flow));
  return Object.fromEntries(
    entries.map(([name, flow]) => {
      const urls = FLOW_URLS.flatMap((key) => {
        const url = textMember(flow, key);
        return url === undefined || url === '' ? [] : [[key, url] as const];
      });
      const scopes = Object.entries(objectMember(flow, 'scopes')).map(([scope, text]): [string, string] => [
        scope,
        typeof text === 'string' ? text : '',
      ]);
      return [name, { ...Object.fromEntries(urls), scopes: Object.fromEntries(scopes) }];
    }),
  );
}

/**
 * A `security` list: alternatives, each naming schemes that exist. An alternative that names an unknown scheme cannot be met
 * and is left out; undefined when there is no list or none of its alternatives can be met.
 */
export function readRequirements(value: Json | undefined, schemes: Schemes): AuthRequirement[] | undefined {
  if (!isArray(value)) return undefined;
  const alternatives = value.filter(isObject);
  const met = alternatives.filter((alternative) =>
    Object.keys(alternative).every((name) => Object.hasOwn(schemes, name)),
  );
  if (met.length === 0 && alternatives.length > 0) return undefined;
  return met.map((alternative) =>
    Object.fromEntries(Object.keys(alternative).map((name) => [name, texts(listMember(alternative, name))])),
  );
}

/** In words, the schemes of a `security` list that cannot be met at all, since none of them is declared; undefined where it can. */
export function undeclaredSchemes(value: Json | undefined, schemes: Schemes): string | undefined {
  if (readRequirements(value, schemes) !== undefined || !isArray(value)) return undefined;
  const names = new Set(value.filter(isObject).flatMap((alternative) => Object.keys(alternative)));
  const missing = [...names].filter((name) => !Object.hasOwn(schemes, name));
  return missing.length === 0 ? undefined : missing.map((name) => `“${name.slice(0, 60)}”`).join(', ');
}

/** True when a parameter carries what a security scheme already adds. */
export function isCredential(schemes: Schemes, place: string, name: string): boolean {
  return Object.values(schemes).some((scheme) =>
    scheme.kind === 'api-key'
      ? scheme.in === place && sameName(scheme.in, scheme.name, name)
      : signsWith(scheme, place, name),
  );
}

const sameName = (place: string, a: string, b: string): boolean =>
  place === 'header' ? a.toLowerCase() === b.toLowerCase() : a === b;
