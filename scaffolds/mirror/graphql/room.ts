import type { Blueprint } from '@counterpart/schemas';
import type { CallTool } from '../live/call-tool.ts';
import type { MirrorState } from '../state/mirror-state.ts';
import type * as Http from './answer.ts';
import type { GraphqlEngine } from './engine.ts';

/** The part of a mirror that speaks GraphQL. Its code is loaded with the first request: other mirrors do not pay for it. */
export interface GraphqlRoom {
  /** Where requests are sent to. */
  readonly path: string;
  engine(): Promise<GraphqlEngine>;
  http(): Promise<typeof Http>;
}

/** How a mirror makes things up. */
export interface RoomOptions {
  readonly seed?: number;
  readonly seedRows?: number;
  readonly unknownIds?: 'invent' | 'refuse';
  readonly eventful?: boolean;
  readonly call?: CallTool | undefined;
}

async function makeEngine(
  blueprint: Blueprint,
  state: MirrorState,
  options: RoomOptions,
): Promise<GraphqlEngine> {
  const { createGraphqlEngine } = await import('./engine.ts');
  const { seed = 1, seedRows = 3, unknownIds = 'invent', eventful = false, call } = options;
  return createGraphqlEngine({ blueprint, state, seed, seedRows, unknownIds, eventful, call });
}

/** The room of a blueprint; undefined for a service that speaks something else. */
export function graphqlRoom(
  blueprint: Blueprint,
  state: MirrorState,
  options: RoomOptions,
): GraphqlRoom | undefined {
  if (blueprint.graphql === undefined) return undefined;
  let engine: Promise<GraphqlEngine> | undefined;
  return {
    path: blueprint.graphql.path,
    engine: () => (engine ??= makeEngine(blueprint, state, options)),
    http: () => import('./answer.ts'),
  };
}
