import { hubError, type Json } from '@counterpart/schemas';
import { isArray, isObject, own } from '../schema/json-value.ts';

/**
 * Texts with places to fill: `{{request.body.name | default "you"}}`. A place names a value by its path or calls one of
 * a few makers; nothing in it is ever run as code, and only members that a value itself has are read.
 */

/** What the places of a template may take. */
export interface TemplateValues {
  /** `request` and `state`, by their first name. */
  readonly roots: Readonly<Record<string, Json>>;
  readonly now: () => Date;
  readonly uuid: () => string;
  /** The next number of a counter, from 1. */
  readonly count: (name: string) => number;
  /** From `min` to `max`, both included. */
  readonly random: (min: number, max: number) => number;
}

type Maker = 'now' | 'uuid' | 'counter' | 'random';
type Filter =
  | { readonly name: 'upper' | 'lower' | 'json' }
  | { readonly name: 'default'; readonly value: string };

interface Place {
  readonly source:
    | { readonly kind: 'path'; readonly path: readonly string[] }
    | { readonly kind: Maker; readonly arguments: readonly string[] };
  readonly filters: readonly Filter[];
}

/** A template that was read; texts and places in turn. */
export type Template = readonly (string | Place)[];

const ROOTS = ['request', 'state'];
/** How many arguments a maker takes at least and at most. */
const MAKERS: Readonly<Record<Maker, readonly [number, number]>> = {
  now: [0, 1],
  uuid: [0, 0],
  counter: [1, 1],
  random: [2, 2],
};
const WORD = /"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s|"']+)|(\|)/g;

/** Reads a template; throws INPUT_INVALID that names the place it does not understand. */
export function parseTemplate(text: string): Template {
  const parts: (string | Place)[] = [];
  let end = 0;
  for (const found of text.matchAll(/\{\{([^{}]*)\}\}/g)) {
    if (found.index > end) parts.push(text.slice(end, found.index));
    parts.push(parsePlace(found[1] ?? ''));
    end = found.index + found[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

function refuse(place: string, why: string): Error {
  return hubError('INPUT_INVALID', { subject: 'a template', detail: `{{${place.trim()}}}: ${why}` });
}

function parsePlace(place: string): Place {
  const groups: string[][] = [[]];
  for (const [, double, single, plain, bar] of place.matchAll(WORD)) {
    if (bar !== undefined) groups.push([]);
    else groups.at(-1)?.push(double?.replaceAll(/\\(.)/g, '$1') ?? single ?? plain ?? '');
  }
  const [[head = '', ...rest] = [], ...filters] = groups;
  return {
    source: parseSource(place, head, rest),
    filters: filters.map((words) => parseFilter(place, words)),
  };
}

const isMaker = (word: string): word is Maker => Object.hasOwn(MAKERS, word);

function parseSource(place: string, head: string, rest: readonly string[]): Place['source'] {
  if (isMaker(head)) {
    const [least, most] = MAKERS[head];
    if (rest.length < least || rest.length > most)
      throw refuse(place, `${head} takes ${least === most ? least : `${least} or ${most}`} words after it`);
    if (head === 'random' && rest.some((word) => !/^-?\d{1,15}$/.test(word)))
      throw refuse(place, 'random takes two whole numbers');
    if (head === 'now' && rest.some((word) => !/^(?:iso|ms|s|date)$/.test(word)))
      throw refuse(place, 'now takes iso, date, ms or s');
    return { kind: head, arguments: rest };
  }
  const path = head.split('.');
  if (rest.length > 0 || !ROOTS.includes(path[0] ?? ''))
    throw refuse(
      place,
      `it must begin with ${ROOTS.map((root) => `${root}.`).join(' or ')}, or be ${Object.keys(MAKERS).join(', ')}`,
    );
  return { kind: 'path', path };
}

function parseFilter(place: string, [name = '', ...rest]: readonly string[]): Filter {
  if (name === 'default' && rest.length === 1) return { name, value: rest[0] ?? '' };
  if ((name === 'upper' || name === 'lower' || name === 'json') && rest.length === 0) return { name };
  throw refuse(place, 'after | stands upper, lower, json, or default "text"');
}

/** The text of a filled template; a template that is one place alone gives that place's value with its type. */
function fillTemplate(template: Template, values: TemplateValues): Json {
  const [only] = template;
  if (template.length === 1 && only !== undefined && typeof only !== 'string')
    return fillPlace(only, values) ?? null;
  return template.map((part) => (typeof part === 'string' ? part : toText(fillPlace(part, values)))).join('');
}

function toText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fillPlace({ source, filters }: Place, values: TemplateValues): Json | undefined {
  return filters.reduce(applyFilter, valueOf(source, values));
}

function valueOf(source: Place['source'], values: TemplateValues): Json | undefined {
  switch (source.kind) {
    case 'path':
      return readPath(source.path, values.roots);
    case 'now':
      return moment(values.now(), source.arguments[0]);
    case 'uuid':
      return values.uuid();
    case 'counter':
      return values.count(source.arguments[0] ?? '');
    case 'random': {
      const [a, b] = source.arguments.map(Number);
      return values.random(Math.min(a ?? 0, b ?? 0), Math.max(a ?? 0, b ?? 0));
    }
  }
}

function readPath(path: readonly string[], roots: TemplateValues['roots']): Json | undefined {
  let value: Json | undefined = roots;
  for (const name of path) {
    if (isArray(value)) value = /^\d+$/.test(name) ? value[Number(name)] : undefined;
    else if (isObject(value)) value = own(value, name);
    else return undefined;
  }
  return value;
}

function moment(now: Date, form: string | undefined): Json {
  if (form === 'ms') return now.getTime();
  if (form === 's') return Math.floor(now.getTime() / 1_000);
  const iso = now.toISOString();
  return form === 'date' ? iso.slice(0, 10) : iso;
}

function applyFilter(value: Json | undefined, filter: Filter): Json | undefined {
  switch (filter.name) {
    case 'default':
      return value === undefined || value === null || value === '' ? filter.value : value;
    case 'upper':
      return toText(value).toUpperCase();
    case 'lower':
      return toText(value).toLowerCase();
    case 'json':
      return JSON.stringify(value ?? null);
  }
}

/** A JSON value whose texts are templates, read; throws as `parseTemplate`. */
export function checkTemplates(value: Json): void {
  if (typeof value === 'string') parseTemplate(value);
  else if (isArray(value)) value.forEach(checkTemplates);
  else if (isObject(value)) Object.values(value).forEach(checkTemplates);
}

/** A JSON value with all its texts filled. */
export function fillValue(value: Json, values: TemplateValues): Json {
  if (typeof value === 'string')
    return value.includes('{{') ? fillTemplate(parseTemplate(value), values) : value;
  if (isArray(value)) return value.map((item) => fillValue(item, values));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fillValue(member, values)]));
}

/** A text, filled; always a text. */
export const fillText = (text: string, values: TemplateValues): string =>
  toText(fillTemplate(parseTemplate(text), values));
