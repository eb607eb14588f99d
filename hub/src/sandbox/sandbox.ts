import { hubError } from '@counterpart/schemas';
import type { Sandbox } from '../kernel/ports.ts';
import { unsafeLocal } from './unsafe-local.ts';

type Engine = Exclude<Sandbox['kind'], 'none'>;
export type SandboxEngine = 'auto' | Engine;

const FINDERS: Readonly<Record<Engine, () => Promise<Sandbox | string>>> = {
  // Its client is large, and most commands need no sandbox.
  docker: async () => await (await import('./docker/docker.ts')).findDocker(),
  bubblewrap: async () => await (await import('./bubblewrap/bubblewrap.ts')).findBubblewrap(),
};

/** What was found on this machine, in the order of preference; a text says why one cannot be used. */
export async function findSandboxes(
  engine: SandboxEngine = 'auto',
): Promise<{ readonly kind: Engine; readonly found: Sandbox | string }[]> {
  const kinds: Engine[] = engine === 'auto' ? ['docker', 'bubblewrap'] : [engine];
  return await Promise.all(kinds.map(async (kind) => ({ kind, found: await FINDERS[kind]() })));
}

/**
 * The sandbox to use; rejects with SANDBOX_MISSING and what was looked for. With `isUnsafeLocal` there is none instead, where
 * none can be had: a person said so.
 */
export async function openSandbox(engine: SandboxEngine = 'auto', isUnsafeLocal = false): Promise<Sandbox> {
  const looked = await findSandboxes(engine);
  const usable = looked.flatMap(({ found }) => (typeof found === 'string' ? [] : [found]));
  const [first] = usable;
  if (first !== undefined) return first;
  if (isUnsafeLocal) return unsafeLocal;
  const detail = looked.map(({ found }) => (typeof found === 'string' ? found : '')).join('; ');
  throw hubError('SANDBOX_MISSING', { detail });
}
