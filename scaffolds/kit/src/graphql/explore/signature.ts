import type { FieldDefinition, InputDefinition, TypeDefinition } from '../language/parse-type.ts';
import { printType, printValue } from '../language/print.ts';

/** An argument or input field as short GraphQL. */
export function inputText({ name, type, default: value }: InputDefinition): string {
  return `${name}: ${printType(type)}${value === undefined ? '' : ` = ${printValue(value)}`}`;
}

/** A field as short GraphQL; arguments of a page are said once for all. */
export function fieldText({ name, args, type, deprecated }: FieldDefinition): string {
  const list = [...args.values()];
  const isPage = ['first', 'after', 'last', 'before'].every((one) => args.has(one));
  const told = isPage ? list.filter((arg) => !['first', 'after', 'last', 'before'].includes(arg.name)) : list;
  const texts = [...told.map(inputText), ...(isPage ? ['…page'] : [])];
  const mark = deprecated === undefined ? '' : ' @deprecated';
  return `${name}${texts.length === 0 ? '' : `(${texts.join(', ')})`}: ${printType(type)}${mark}`;
}

const KEYWORD: Readonly<Record<TypeDefinition['kind'], string>> = {
  object: 'type',
  interface: 'interface',
  union: 'union',
  enum: 'enum',
  input: 'input',
  scalar: 'scalar',
};

/** The first line of a type. */
export function headText({ kind, name, interfaces }: TypeDefinition): string {
  return `${KEYWORD[kind]} ${name}${interfaces.length === 0 ? '' : ` implements ${interfaces.join(' & ')}`}`;
}

/** The first sentence of a description, at most `budget` characters, as a comment; nothing where there is none. */
export function remark(text: string | undefined, budget: number): string {
  if (text === undefined || budget < 20) return '';
  const [sentence = ''] = text.replaceAll(/\s+/g, ' ').split(/(?<=[.!?])\s/);
  return sentence === ''
    ? ''
    : `  # ${sentence.length > budget ? `${sentence.slice(0, budget - 1)}…` : sentence}`;
}
