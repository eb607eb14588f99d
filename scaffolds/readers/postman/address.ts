import type { Json } from '@counterpart/schemas';
import { segmentOf } from '../har/paths/segment.ts';
import type { PathParameter } from '../har/paths/templates.ts';
import { singular } from '../har/paths/words.ts';
import { isObject, listMember, member, textMember } from '../openapi/source/json-tree.ts';
import { describedAs } from './saved/collection.ts';
import { hasHole, type Variables } from './saved/variables.ts';

/** Where a request goes, with a template for its path. */
export interface Address {
  /** Such as `https://api.example.com`; as it was written where a variable in it has no value. */
  readonly origin: string;
  readonly isKnown: boolean;
  /** Such as `/users/{id}`. */
  readonly path: string;
  readonly parameters: readonly (PathParameter & { readonly description?: string })[];
  /** Pieces that were taken for parameters by their shape. */
  readonly guessed: readonly string[];
}

/** A URL as it is written, in whichever form the collection has it. */
export function writtenUrl(url: Json | undefined): string {
  if (typeof url === 'string') return url;
  const raw = textMember(url, 'raw');
  if (raw !== undefined && raw !== '') return raw;
  const joined = (name: string, by: string): string => {
    const value = member(url, name);
    if (typeof value === 'string') return value;
    return listMember(url, name)
      .map((piece) => (typeof piece === 'string' ? piece : (textMember(piece, 'value') ?? '')))
      .join(by);
  };
  const protocol = textMember(url, 'protocol');
  const port = textMember(url, 'port');
  return `${protocol === undefined ? '' : `${protocol}://`}${joined('host', '.')}${port === undefined ? '' : `:${port}`}/${joined('path', '/').replace(/^\//, '')}`;
}

/** Reads where a request goes; undefined for one that names no place. */
export function addressOf(url: Json | undefined, variables: Variables): Address | undefined {
  const [bare = ''] = writtenUrl(url).trim().split(/[?#]/);
  // Variables of the path become parameters, so only those at the front are given their values.
  const [, front = '', rest = ''] = /^((?:[^/]*:\/\/)?[^/]*)(.*)$/s.exec(bare) ?? [];
  const resolved = variables.resolve(front);
  if (bare === '') return undefined;
  return { ...originOf(resolved), ...templateOf(`${baseOf(resolved)}${rest}`, url, variables) };
}

const FRONT = /^(?:([a-z]+):\/\/)?([^/]*)(.*)$/is;

/** The path that the value of a variable at the front may bring along; nothing of one that is not known. */
const baseOf = (front: string): string => (hasHole(front) ? '' : (FRONT.exec(front)?.[3] ?? ''));

function originOf(front: string): Pick<Address, 'origin' | 'isKnown'> {
  const [, scheme = '', host = ''] = FRONT.exec(front) ?? [];
  // As Postman does, http is taken where no scheme is written.
  const origin = `${scheme === '' ? 'http' : scheme.toLowerCase()}://${host}`;
  const isKnown = !hasHole(front) && host !== '' && /^https?:/.test(origin) && URL.canParse(origin);
  return { origin: isKnown ? origin : front, isKnown };
}

type Template = Pick<Address, 'path' | 'parameters' | 'guessed'>;

function templateOf(path: string, url: Json | undefined, variables: Variables): Template {
  const told = new Map(
    listMember(url, 'variable')
      .filter(isObject)
      .map((one) => [textMember(one, 'key') ?? textMember(one, 'id') ?? '', one]),
  );
  const parameters = new Map<string, PathParameter & { description?: string }>();
  const guessed: string[] = [];
  const add = (wanted: string, value: string): string => {
    const plain = wanted.replaceAll(/[^\w-]+/g, '_') || 'value';
    const name = parameters.has(plain) ? `${plain}_${parameters.size + 1}` : plain;
    const about = told.get(wanted);
    const known = variables.resolve(textMember(about, 'value') ?? value);
    const values = known === '' || hasHole(known) || /^[:<]/.test(known) ? [] : [known];
    const description = describedAs(about);
    parameters.set(name, {
      name,
      values,
      kinds: new Set(values.map((one) => segmentOf(one).kind)),
      ...(description === undefined ? {} : { description }),
    });
    return `{${name}}`;
  };
  const pieces = path.split('/').filter((piece, index, all) => piece !== '' || index === all.length - 1);
  const written = pieces.map((piece, index) => {
    const [, colon, pointed, braced, suffix = ''] =
      /^(?::([\w-]+)|<([^<>]+)>|(?<!\{)\{([^{}]+)\})(\.(?:json|xml|csv))?$/.exec(piece) ?? [];
    const named = colon ?? pointed ?? braced;
    if (named !== undefined) return `${add(named, '')}${suffix}`;
    if (hasHole(piece))
      return piece.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, (hole, name: string) => add(name, hole));
    const { kind } = segmentOf(piece);
    if (kind !== 'integer' && kind !== 'uuid') return piece;
    guessed.push(piece);
    return add(`${singular((pieces[index - 1] ?? 'item').replaceAll(/\W+/g, '_'))}_id`, piece);
  });
  return { path: `/${written.join('/')}`, parameters: [...parameters.values()], guessed };
}
