import { fixtureProgram } from './fixture-server.ts';
import type { Subject } from './subject.ts';

/** The server itself, launched by the client. */
export const direct: Subject = {
  name: 'direct',
  hub: false,
  door: ({ server }, kind) => ({
    kind: 'stdio',
    program: fixtureProgram(server, kind === 'bare' ? 'bare' : 'full'),
  }),
  close: () => Promise.resolve(),
};
