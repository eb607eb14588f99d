import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SandboxFolder, SandboxJob } from '../kernel/ports.ts';
import { NODE_INSIDE, type NodeFiles } from './node-files.ts';

/** Node's place where the machine's own `/usr` is seen, in which nothing can be put. */
const NODE_BESIDE_SYSTEM = '/run/counterpart/node';

/** Programs and libraries; nothing in them is of one user or one machine. */
const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** What programs look up about every machine: certificates of authorities, and where libraries and alternatives are. */
const SYSTEM_FILES = [
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
  '/etc/ca-certificates',
  '/etc/pki/tls/certs',
  '/etc/pki/ca-trust/extracted',
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/localtime',
];
/** Who and what there is inside: the accounts and hosts of the machine are not shown. */
const OWN_FILES = ['passwd', 'group', 'hosts'];

/** What a job sees, and where its Node is. */
export interface JobRoot {
  readonly node: string;
  readonly binds: readonly SandboxFolder[];
}

const asItIs = (path: string): SandboxFolder => ({ from: path, to: path });
const isInSystem = (path: string): boolean => SYSTEM_FOLDERS.some((folder) => path.startsWith(`${folder}/`));

/** Everything that a job sees of this machine, in the order to put it up. */
export function rootOf(job: SandboxJob, { node, libraries }: NodeFiles): JobRoot {
  if (job.system !== true)
    return {
      node: NODE_INSIDE,
      binds: [{ from: node, to: NODE_INSIDE }, ...libraries.map(asItIs), ...job.folders],
    };
  const own = OWN_FILES.map((name) => ({
    from: fileURLToPath(new URL(`etc/${name}`, import.meta.url)),
    to: `/etc/${name}`,
  }));
  return {
    node: NODE_BESIDE_SYSTEM,
    binds: [
      ...[...SYSTEM_FOLDERS, ...SYSTEM_FILES].filter((path) => existsSync(path)).map(asItIs),
      ...own,
      ...libraries.filter((path) => !isInSystem(path)).map(asItIs),
      { from: node, to: NODE_BESIDE_SYSTEM },
      ...job.folders,
    ],
  };
}
