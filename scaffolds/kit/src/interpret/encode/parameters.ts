import type { Json, ParameterBinding } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import { hasDotSegment } from '../../http/compose.ts';
import { encodeLiteral, encodeReserved, encodeReservedPath, encodeStrict } from '../../http/percent.ts';
import type { Arguments } from '../../tools/tool.ts';
import { expandPairs, expandSegment } from './styles.ts';
import { isMembers } from '../../json-value.ts';
import { madeValue } from './made-value.ts';
import { textOf } from './text-value.ts';
import { isFormType, saysJson } from '../media.ts';
import { encodeFormBody } from './form.ts';

/** A parameter with the value it travels with. */
interface Bound {
  readonly binding: ParameterBinding;
  readonly value: Json;
}

function bound(
  parameters: readonly ParameterBinding[],
  args: Arguments,
  place: ParameterBinding['in'],
): Bound[] {
  return parameters
    .filter((binding) => binding.in === place)
    .flatMap((binding) => {
      const value = Object.hasOwn(args, binding.key)
        ? args[binding.key]
        : (binding.default ?? madeValue(binding.made));
      return value === undefined ? [] : [{ binding, value }];
    });
}

/** A value in its own media type instead of a style. */
function contentText({ contentType }: ParameterBinding, value: Json): string {
  if (contentType === undefined || saysJson(contentType)) return JSON.stringify(value);
  if (isFormType(contentType)) return encodeFormBody(value);
  return textOf(value);
}

function segment({ binding, value }: Bound): string {
  const encode = binding.allowReserved === true ? encodeReservedPath : encodeStrict;
  return binding.style === 'content'
    ? encode(contentText(binding, value))
    : expandSegment(binding, value, encode);
}

/**
 * The path with its parameters, encoded. Throws ToolFailure when a value is missing, empty, or would make a segment `.`
 * or `..`: servers and proxies resolve those even when they are encoded.
 */
export function expandPath(
  template: string,
  parameters: readonly ParameterBinding[],
  args: Arguments,
): string {
  const values = new Map(bound(parameters, args, 'path').map((item) => [item.binding.name, item] as const));
  const filled = template.split(/(\{[^{}]+\})/).map((part) => {
    if (!/^\{[^{}]+\}$/.test(part)) return encodeLiteral(part);
    const name = part.slice(1, -1);
    const item = values.get(name);
    const text = item === undefined ? '' : segment(item);
    if (text === '')
      throw new ToolFailure(
        `${item?.binding.key ?? name}: a value is needed here, it is part of the address.`,
      );
    return text;
  });
  const path = filled.join('');
  if (hasDotSegment(path)) {
    throw new ToolFailure(
      `${[...values.values()].map(({ binding }) => binding.key).join(', ')}: "." and ".." are not identifiers.`,
    );
  }
  return path;
}

function queryPart({ binding, value }: Bound): string[] {
  const encode = binding.allowReserved === true ? encodeReserved : encodeStrict;
  if (binding.style === 'content')
    return [`${encodeStrict(binding.name)}=${encode(contentText(binding, value))}`];
  const pairs = expandPairs(binding, value, encodeStrict, encode);
  return pairs.length === 0 && binding.allowEmptyValue === true ? [`${encodeStrict(binding.name)}=`] : pairs;
}

/** The whole query as one value (OpenAPI 3.2, `in: querystring`). */
function wholeQuery({ binding, value }: Bound): string[] {
  const { contentType } = binding;
  if (contentType !== undefined && !isFormType(contentType))
    return [encodeStrict(saysJson(contentType) ? JSON.stringify(value) : textOf(value))];
  return [
    isMembers(value) ? encodeFormBody(value) : encodeReserved(textOf(value)).replaceAll('%26', '&'),
  ].filter((text) => text !== '');
}

/** The query without its question mark; empty when there is none. */
export function expandQuery(parameters: readonly ParameterBinding[], args: Arguments): string {
  return [
    ...bound(parameters, args, 'query').flatMap(queryPart),
    ...bound(parameters, args, 'querystring').flatMap(wholeQuery),
  ].join('&');
}

/** Control characters but the tab: what RFC 9110 keeps out of a field value. */
const isControl = (code: number): boolean => (code < 32 && code !== 9) || code === 127;

/** Text that is safe as a header value; anything but ASCII travels as UTF-8 bytes. Throws ToolFailure for control characters. */
export function headerText(key: string, text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.some(isControl))
    throw new ToolFailure(`${key}: line breaks and control characters are not allowed in a header.`);
  return bytes.toString('latin1');
}

/** Header parameters by name as described. */
export function expandHeaders(
  parameters: readonly ParameterBinding[],
  args: Arguments,
): Record<string, string> {
  const entries = bound(parameters, args, 'header')
    .filter(({ value }) => value !== null)
    .map(({ binding, value }) => {
      const text =
        binding.style === 'content'
          ? contentText(binding, value)
          : expandSegment(binding, value, (part) => part);
      return [binding.name, headerText(binding.key, text)] as const;
    });
  return Object.fromEntries(entries);
}

function cookieText(key: string, text: string): string {
  if (/[;,\s"\\]/.test(text))
    throw new ToolFailure(`${key}: blanks, quotes, commas and semicolons are not allowed in a cookie.`);
  return headerText(key, text);
}

/** `name=value` pairs of the Cookie header. */
export function expandCookies(parameters: readonly ParameterBinding[], args: Arguments): string[] {
  return bound(parameters, args, 'cookie').flatMap(({ binding, value }) => {
    const { key } = binding;
    if (binding.style === 'content') return [`${binding.name}=${encodeStrict(contentText(binding, value))}`];
    // Style `cookie` (OpenAPI 3.2) writes values as they are; `form` percent-encodes them.
    const encode =
      binding.style === 'cookie' ? (text: string): string => cookieText(key, text) : encodeStrict;
    return expandPairs(binding, value, (text) => text, encode);
  });
}
