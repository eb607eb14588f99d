import { defineGroup } from '../../command.ts';
import { deleteMirror } from './delete.ts';
import { diff } from './diff.ts';
import { exportMirror } from './export.ts';
import { fault } from './fault.ts';
import { inspect, list, stop } from './list.ts';
import { push } from './push.ts';
import { scenario } from './scenario.ts';
import { start } from './start.ts';
import { reset, seed } from './state.ts';
import { record, replay } from './traffic.ts';

export const mirror = defineGroup({
  name: 'mirror',
  group: 'builds',
  summary: 'Serve a simulation of a service, record and replay the real one',
  description:
    'A mirror answers as a service would: made up from its description, with a state of its own; from recordings of the real service; or by passing requests on to it. In a running hub it answers below /mirror/<name>/ and on a port of its own, and keeps what it holds.',
  verbs: [
    start,
    stop,
    list,
    inspect,
    record,
    replay,
    seed,
    reset,
    fault,
    scenario,
    push,
    diff,
    exportMirror,
    deleteMirror,
  ],
  examples: [
    ['hub mirror start weather --port 4010', 'the service of a built server'],
    ['hub mirror start --from openapi.yaml', 'straight from a description'],
    ['hub mirror record weather', 'passes requests on and keeps the answers'],
    ['hub mirror fault weather rate-limit --times 3', 'the next three calls get 429'],
  ],
});
