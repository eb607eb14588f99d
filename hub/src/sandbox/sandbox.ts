import { hubError } from '@counterpart/schemas';
import type { Sandbox } from '../kernel/ports.ts';

export type SandboxEngine = 'auto' | Sandbox['kind'];

const FINDERS: Readonly<Record<Sandbox['kind'], () => Promise<Sandbox | string>>> = {
  // Its client is large, and most commands need no sandbox.
  docker: async () => await (await import('./docker/docker.ts')).findDocker(),
  bubblewrap: async () => await (await import('./bubblewrap/bubblewrap.ts')).findBubblewrap(),
};

/** What was found on this machine, in the order of preference; a text says why one cannot be used. */
export async function findSandboxes(
  engine: SandboxEngine = 'auto',
): Promise<{ readonly kind: Sandbox['kind']; readonly found: Sandbox | string }[]> {
  const kinds: Sandbox['kind'][] = engine === 'auto' ? ['docker', 'bubblewrap'] : [engine];
  return await Promise.all(kinds.map(async (kind) => ({ kind, found: await FINDERS[kind]() })));
}

/** The sandbox to use; rejects with SANDBOX_MISSING and what was looked for. */
export async function openSandbox(engine: SandboxEngine = 'auto'): Promise<Sandbox> {
  const looked = await findSandboxes(engine);
  const usable = looked.flatMap(({ found }) => (typeof found === 'string' ? [] : [found]));
  const [first] = usable;
  if (first !== undefined) return first;
  const detail = looked.map(({ found }) => (typeof found === 'string' ? found : '')).join('; ');
  throw hubError('SANDBOX_MISSING', { detail });
}
