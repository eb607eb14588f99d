import { join } from 'node:path';
import { createBroker } from '../broker/broker.ts';
import { createWalls, type Walls } from '../fleet/walls/walls.ts';
import type { Scope } from '../kernel/scope.ts';
import type { Base } from './base.ts';

interface WallsParts {
  readonly scope: Scope;
  /** A service failed so often that its server is not to ask it any more. */
  readonly givenUp: (server: string, detail: string) => void;
  /** Whether processes may wait inside walls for their server. */
  readonly sparing: boolean;
}

/** Walls for servers, and the broker as their only way out; both end with the scope. */
export async function openWalls(base: Base, { scope, givenUp, sparing }: WallsParts): Promise<Walls> {
  const directory = join(base.dataDir, 'run');
  const broker = await createBroker({ ...base, directory, givenUp, clean: base.redactor.redact });
  scope.add(() => broker.close());
  const { sandbox: engine, warmWalls } = base.started.defaults;
  const walls = createWalls(broker, { ...base, engine, count: sparing ? warmWalls : 0 });
  scope.add(() => walls.close());
  return walls;
}
