import type { Json } from '@counterpart/schemas';
import type { Members } from '../../json-value.ts';

/** Members of a transaction, the same whatever format a bank wrote it in. Amounts are decimal numbers as text, never rounded. */
export const TRANSACTION = [
  'date',
  'amount',
  'currency',
  'payee',
  'memo',
  'id',
  'account',
  'type',
  'check_number',
  'category',
] as const;

/** Members of a balance of an account. */
export const BALANCE = ['date', 'amount', 'currency', 'account', 'type'] as const;

/** A row with all members of its kind, null where nothing is said. */
export function statementRow(
  members: readonly string[],
  said: Readonly<Record<string, Json | undefined>>,
): Members {
  const own = members.map((key): [string, Json] => [key, said[key] === '' ? null : (said[key] ?? null)]);
  const more = Object.entries(said).filter(([key, value]) => !members.includes(key) && value !== undefined);
  return Object.fromEntries([...own, ...more.map(([key, value]): [string, Json] => [key, value ?? null])]);
}

/**
 * A number as decimal text: `1.234,50` and `1,234.50` are both `1234.50`. Where only one sign stands in it, it is the point of
 * the fraction, unless it groups digits by three and `groups` names it. Undefined for what is no number.
 */
export function decimalOf(text: string, groups = ''): string | undefined {
  const plain = text.replaceAll(/[\s\u00a0'’$€£]/g, '').replace(/^\+/, '');
  const signed = /^\((.*)\)$/.exec(plain)?.[1];
  const given = signed === undefined ? plain : `-${signed}`;
  const found = /^(-?)([\d.,]*\d[\d.,]*)(-?)$/.exec(given);
  if (found === null) return undefined;
  const [, before = '', digits = '', after = ''] = found;
  const point = pointOf(digits, groups);
  const [whole = '', fraction] =
    point === undefined ? [digits] : [digits.slice(0, point), digits.slice(point + 1)];
  const number = `${whole.replaceAll(/[.,]/g, '').replace(/^0+(?=\d)/, '') || '0'}${fraction === undefined || fraction === '' ? '' : `.${fraction}`}`;
  return `${before === '-' || after === '-' ? '-' : ''}${number}`;
}

/** Where the fraction begins. */
function pointOf(digits: string, groups: string): number | undefined {
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  if (last === -1) return undefined;
  const sign = digits[last] ?? '';
  const other = sign === '.' ? ',' : '.';
  if (digits.includes(other)) return last;
  const isRepeated = digits.indexOf(sign) !== last;
  return isRepeated || (sign === groups && digits.length - last === 4) ? undefined : last;
}

/** `2024-01-31` of `20240131…`; undefined for what does not begin so. */
export function dateOfDigits(text: string): string | undefined {
  const [, year = '', month = '', day = ''] = /^(\d{4})(\d\d)(\d\d)/.exec(text.trim()) ?? [];
  const isDate = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  return isDate ? `${year}-${month}-${day}` : undefined;
}
