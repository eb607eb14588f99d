import {
  Kind,
  print,
  type ConstDirectiveNode,
  type DirectiveDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type StringValueNode,
} from 'graphql';
import { shortDescription } from '../../openapi/text/text.ts';
import type { SourceType } from './definitions.ts';

/** Characters of a type's own description, and of what stands inside it. */
const TYPE_TEXT = 400;
const FIELD_TEXT = 240;
const DETAIL_TEXT = 160;

/** A description as a string on one line, and a blank after it; nothing where there is none. */
function described(text: string | undefined, budget: number): string {
  const short = shortDescription(text, budget)?.toWellFormed();
  return short === undefined ? '' : `${JSON.stringify(short)} `;
}

const ownText = (node: { readonly description?: StringValueNode | undefined }): string | undefined =>
  node.description?.value;

/** `@deprecated` with its reason; other directives say nothing to a caller. */
function deprecated(directives: readonly ConstDirectiveNode[] | undefined): string {
  const found = directives?.find(({ name }) => name.value === 'deprecated');
  if (found === undefined) return '';
  const reason = found.arguments?.find(({ name }) => name.value === 'reason')?.value;
  const text = reason?.kind === Kind.STRING ? described(reason.value, DETAIL_TEXT).trimEnd() : '';
  return text === '' ? ' @deprecated' : ` @deprecated(reason: ${text})`;
}

function printInput(node: InputValueDefinitionNode, budget: number): string {
  const value = node.defaultValue === undefined ? '' : ` = ${print(node.defaultValue)}`;
  const text = described(ownText(node), budget);
  return `${text}${node.name.value}: ${print(node.type)}${value}${deprecated(node.directives)}`;
}

function printArguments(nodes: readonly InputValueDefinitionNode[] | undefined): string {
  if (nodes === undefined || nodes.length === 0) return '';
  return `(${nodes.map((node) => printInput(node, DETAIL_TEXT)).join(', ')})`;
}

const printField = (node: FieldDefinitionNode): string =>
  `${described(ownText(node), FIELD_TEXT)}${node.name.value}${printArguments(node.arguments)}: ${print(node.type)}${deprecated(node.directives)}`;

const braces = (lines: readonly string[]): string => (lines.length === 0 ? '' : ` {\n${lines.join('\n')}\n}`);

function bodyOf(type: SourceType): string {
  switch (type.kind) {
    case 'type':
    case 'interface':
      return braces(type.fields.map(printField));
    case 'input':
      return braces(type.inputs.map((node) => printInput(node, FIELD_TEXT)));
    case 'union':
      return type.members.length === 0 ? '' : ` = ${type.members.join(' | ')}`;
    case 'enum':
      return braces(
        type.values.map(
          (node) =>
            `${described(ownText(node), DETAIL_TEXT)}${node.name.value}${deprecated(node.directives)}`,
        ),
      );
    case 'scalar':
      return '';
  }
}

/** The directives of a type that change what may be sent. */
function meaningful({ kind, directives }: SourceType): string {
  const has = (wanted: string): ConstDirectiveNode | undefined =>
    directives.find(({ name }) => name.value === wanted);
  if (kind === 'input') return has('oneOf') === undefined ? '' : ' @oneOf';
  const url = kind === 'scalar' ? has('specifiedBy')?.arguments?.[0]?.value : undefined;
  return url?.kind === Kind.STRING ? ` @specifiedBy(url: ${JSON.stringify(url.value.toWellFormed())})` : '';
}

/** One type definition as text, with short descriptions. */
export function printType(type: SourceType): string {
  const interfaces = type.interfaces.length === 0 ? '' : ` implements ${type.interfaces.join(' & ')}`;
  const head = `${described(type.description, TYPE_TEXT)}${type.kind} ${type.name}${interfaces}`;
  return `${head}${meaningful(type)}${bodyOf(type)}`;
}

/** One directive definition as text. */
export function printDirective(node: DirectiveDefinitionNode): string {
  const args = printArguments(node.arguments);
  const repeatable = node.repeatable ? ' repeatable' : '';
  const locations = node.locations.map(({ value }) => value).join(' | ');
  return `${described(ownText(node), DETAIL_TEXT)}directive @${node.name.value}${args}${repeatable} on ${locations}`;
}
