import type { Json, JsonObject, ServiceServer } from '@counterpart/schemas';
import {
  isArray,
  isObject,
  listMember,
  member,
  objectMember,
  textMember,
  texts,
} from '../../source/json-tree.ts';
import type { Dialect } from '../../source/parse.ts';
import { plainText } from '../../text/text.ts';

type Variables = NonNullable<ServiceServer['variables']>;

/** The servers of a description. Relative addresses are completed when the description itself came from a URL. */
export function readServers(root: JsonObject, dialect: Dialect, location: string): ServiceServer[] {
  return dialect === '2.0' ? swaggerServers(root, location) : serverList(member(root, 'servers'), location);
}

/** A `servers` list as it stands in a description, a path item or an operation; entries without a URL are passed over. */
export function serverList(value: Json | undefined, location: string): ServiceServer[] {
  if (!isArray(value)) return [];
  return value.flatMap((server): ServiceServer[] => {
    const url = textMember(server, 'url');
    if (url === undefined || !isObject(server)) return [];
    const description = textMember(server, 'description');
    const variables = variablesOf(url, objectMember(server, 'variables'));
    return [
      {
        // A WebSocket begins as HTTP: how an operation goes on is its own.
        url: complete(withScheme(url.trim()).replace(/^ws(s?):/i, 'http$1:'), location),
        ...(description !== undefined && description !== '' ? { description: plainText(description) } : {}),
        ...(Object.keys(variables).length > 0 ? { variables } : {}),
      },
    ];
  });
}

const LOCAL = /^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0)(?::\d+)?(?:\/|$)/i;
const HOST =
  /^(?:[a-z\d-]+\.)*[a-z\d-]+(?::\d+|\.(?:com|net|org|io|dev|app|example|test|local|internal))(?:\/|$)/i;

/** `localhost:3000/api`: a host, and not a path beside the description. */
const withScheme = (url: string): string =>
  LOCAL.test(url) ? `http://${url}` : HOST.test(url) ? `https://${url}` : url;

/** Variables named in the URL; one that is not declared gets an empty default, so that the environment must give it. */
function variablesOf(url: string, declared: JsonObject): Variables {
  const names = [...url.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '');
  return Object.fromEntries(
    [...new Set(names)].map((name) => {
      const variable = member(declared, name);
      const values = listMember(variable, 'enum').map(String);
      const fallback = member(variable, 'default');
      const description = textMember(variable, 'description');
      return [
        name,
        {
          default:
            typeof fallback === 'object' || fallback === undefined ? (values[0] ?? '') : String(fallback),
          ...(values.length > 0 ? { enum: values } : {}),
          ...(description !== undefined && description !== '' ? { description: plainText(description) } : {}),
        },
      ];
    }),
  );
}

function swaggerServers(root: JsonObject, location: string): ServiceServer[] {
  const host = textMember(root, 'host');
  const basePath = textMember(root, 'basePath') ?? '';
  if (host === undefined || host === '')
    return basePath === '' ? [] : [{ url: complete(basePath, location) }];
  const declared = texts(listMember(root, 'schemes')).filter((scheme) => /^(?:https?|wss?)$/.test(scheme));
  const own = /^(https?):/.exec(location)?.[1];
  const schemes = declared.length > 0 ? [...new Set(declared)].sort(secureFirst) : [own ?? 'https'];
  return schemes.map((scheme) => ({
    url: tidy(`${scheme}://${host}${basePath.startsWith('/') || basePath === '' ? '' : '/'}${basePath}`),
  }));
}

const secureFirst = (a: string, b: string): number => Number(b === 'https') - Number(a === 'https');

/** Whether an address stands for itself; one that begins with a variable may. */
export const isAbsolute = (url: string): boolean =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(url) || url.startsWith('{');

function complete(url: string, location: string): string {
  if (isAbsolute(url) || !/^https?:\/\//.test(location)) return tidy(url);
  // Braces of variables must not come back percent-encoded.
  const resolved = new URL(url, location).href.replaceAll('%7B', '{').replaceAll('%7D', '}');
  return tidy(resolved);
}

/** Without the slash at the end: paths begin with one. */
const tidy = (url: string): string => url.replace(/\/+$/, '');
