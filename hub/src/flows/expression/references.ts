import type { Json } from '@counterpart/schemas';
import { isList } from './evaluate.ts';
import type { Expression } from './parse.ts';
import { partsOf } from './text.ts';

/** A path that an expression follows. */
export interface Reference {
  readonly root: string;
  readonly steps: readonly (string | number)[];
  /** Something is taken instead where it leads nowhere. */
  readonly isOptional: boolean;
}

/** All paths of an expression. */
export function referencesOf(expression: Expression, isOptional = false): Reference[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'path':
      return [{ root: expression.root, steps: expression.steps, isOptional }];
    case 'not':
      return referencesOf(expression.of, true);
    case 'binary': {
      // A comparison takes null for what is not there.
      const { left, right } = expression;
      return [...referencesOf(left, true), ...referencesOf(right, true)];
    }
  }
}

/** A text of a flow's file that holds expressions, with the place where it stands. */
export interface FoundText {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** All texts in a value. */
export function textsIn(value: Json | undefined, path: readonly (string | number)[]): FoundText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (value === undefined || value === null || typeof value !== 'object') return [];
  if (isList(value)) return value.flatMap((item, at) => textsIn(item, [...path, at]));
  return Object.entries(value).flatMap(([key, member]) => textsIn(member, [...path, key]));
}

/** The paths in the `${…}` of a text. Throws ExpressionError. */
export const referencesInText = (text: string): Reference[] =>
  partsOf(text).flatMap((part) => (typeof part === 'string' ? [] : referencesOf(part)));
