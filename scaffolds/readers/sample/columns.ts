import { isNothing } from '@counterpart/kit/data';
import type { DataColumn, Json } from '@counterpart/schemas';
import { Texts } from '../har/infer/texts.ts';
import { latinLetters } from '../latin-letters.ts';
import { scalarOf } from '../har/infer/scalars.ts';

const LONGEST_KEY = 40;
const ID_NAME =
  /^(?:id|_id|uuid|guid|key|code|sku|isbn|slug|email|nr|no|number|symbol|[a-z_]*_id|[a-z]+Id)$/i;

/** Legal keys of the columns, all different: a name that is legal stays. */
function keysOf(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    const plain = latinLetters(name)
      .replaceAll(/[^A-Za-z0-9_]+/g, '_')
      .replaceAll(/^_+|_+$/g, '')
      .slice(0, LONGEST_KEY);
    const isLegal = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(name) && name !== '__proto__';
    const word = /^\d/.test(plain) ? `_${plain}`.slice(0, LONGEST_KEY) : plain;
    const stem = isLegal ? name : /^[A-Za-z]|^_\d/.test(word) ? word.toLowerCase() : `column_${index + 1}`;
    const key = taken.has(stem) ? `${stem.slice(0, LONGEST_KEY - 4)}_${index + 1}` : stem;
    taken.add(key);
    return key;
  });
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const kindsOf = (values: readonly Json[]): ReadonlySet<string> =>
  new Set(values.map((value) => (typeof value === 'object' ? 'any' : typeof value)));

function textColumn(key: string, given: readonly Json[]): Pick<DataColumn, 'type' | 'format' | 'seen'> {
  const texts = new Texts();
  for (const value of given) texts.add(textOf(value));
  const choices = texts.choices(key);
  return {
    type: 'string',
    ...(texts.format === undefined ? {} : { format: texts.format }),
    ...(choices === undefined ? {} : { seen: [...choices] }),
  };
}

function columnOf(name: string, key: string, values: readonly Json[], isText: boolean): DataColumn {
  const given = values.filter((value) => value !== null && !(isText && isNothing(textOf(value))));
  const nullable = given.length < values.length || given.length === 0;
  const typed = isText ? given.map((value) => scalarOf(textOf(value).trim())) : given;
  const types = kindsOf(typed);
  const [only] = types;
  const named = { name, key, nullable };
  if (types.size === 0) return { ...named, type: isText ? 'string' : 'any' };
  if (types.size === 1 && only === 'boolean') return { ...named, type: 'boolean' };
  if (types.size === 1 && only === 'number')
    return { ...named, type: typed.every((value) => Number.isInteger(value)) ? 'integer' : 'number' };
  if (!isText && (types.size > 1 || only === 'any')) return { ...named, type: 'any' };
  return { ...named, ...textColumn(key, given) };
}

/** Columns of rows of cells, as these rows show them. */
export function columnsOfCells(names: readonly string[], rows: readonly (readonly string[])[]): DataColumn[] {
  const keys = keysOf(names);
  return names.map((name, index) =>
    columnOf(
      name,
      keys[index] ?? '',
      rows.map((row) => row[index] ?? ''),
      true,
    ),
  );
}

/** Columns of rows of JSON: every member that any of them has. */
export function columnsOfValues(rows: readonly { readonly [key: string]: Json }[]): DataColumn[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== '__proto__');
  const keys = keysOf(names);
  return names.map((name, index) =>
    columnOf(
      name,
      keys[index] ?? '',
      rows.map((row) => row[name] ?? null),
      false,
    ),
  );
}

/** Columns of records: texts by what they say, everything else as it is. */
export function columnsOfRecords(rows: readonly { readonly [key: string]: Json }[]): DataColumn[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== '__proto__');
  const keys = keysOf(names);
  return names.map((name, index) => {
    const values = rows.map((row) => row[name] ?? null);
    const isText = values.every((value) => value === null || typeof value === 'string');
    return columnOf(name, keys[index] ?? '', values, isText);
  });
}

/** Key of the column that tells rows apart by its name and by its values, which all differ. */
export function idOf(
  columns: readonly DataColumn[],
  valuesOf: (index: number) => readonly Json[],
): string | undefined {
  return columns.find(({ key, type, nullable }, index) => {
    if (nullable || !(type === 'integer' || type === 'string') || !ID_NAME.test(key)) return false;
    const values = valuesOf(index);
    return values.length > 1 && new Set(values).size === values.length;
  })?.key;
}
