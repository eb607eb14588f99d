import { installVersion, rollBack } from '../../hub/src/versions/install.ts';
import { VersionFacts } from '@counterpart/schemas';

/** Installs or rolls back, as `hub build` and `hub rollback` do, in a process that a test can kill. */
const [verb = '', dataDir = '', serversDir = '', id = '', given = ''] = process.argv.slice(2);

const at = {
  dataDir,
  serversDir,
  keep: 10,
  thirdParty: [],
  toolkit: '0.0.0',
  path: process.env['PATH'],
  note: (text: string) => void process.stderr.write(`${text}\n`),
};
const approval = { by: 'a test', at: new Date().toISOString() };
const facts = { ...VersionFacts.parse({ author: { kind: 'person' } }), approval };
if (verb === 'install') await installVersion({ id, candidateDir: given, facts }, at);
else await rollBack({ id, wanted: given === '' ? undefined : given, by: 'a test' }, at);
process.stdout.write('done\n');
