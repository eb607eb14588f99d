import { hubError, type Blueprint, type JsonObject, type Operation } from '@counterpart/schemas';

export interface SampleInputOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Gives optional parameters and members too. Default false. */
  readonly optional?: boolean;
}

/** An input that `operation.input` accepts; throws SAMPLE_IMPOSSIBLE when the schema accepts none that can be found. */
export function sampleInput(
  blueprint: Blueprint,
  operation: Operation,
  options: SampleInputOptions = {},
): JsonObject {
  throw hubError('INTERNAL', { detail: `${blueprint.id} ${operation.name} ${options.seed ?? 1}` });
}
