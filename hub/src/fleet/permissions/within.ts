import type { Manifest, ServerOverride } from '@counterpart/schemas';

type Denying = Pick<ServerOverride, 'permissions'> | undefined;

/**
 * What of a manifest its owner lets stand: denied files and secrets are as if it did not name them. Denied hosts stay, and are
 * refused by the broker, which can say who denied them. Pure.
 */
export function withinPermissions(manifest: Manifest, override: Denying): Manifest {
  const { fs = [], secret = [] } = override?.permissions?.deny ?? {};
  if (fs.length + secret.length === 0) return manifest;
  const { permissions, secrets } = manifest;
  return {
    ...manifest,
    permissions: { ...permissions, files: permissions.files.filter((path) => !fs.includes(path)) },
    secrets: secrets.filter(({ name }) => !secret.includes(name)),
  };
}

/** Variables that the owner sets for a server, without the secrets that are denied to it. Pure. */
export function withoutDenied(env: ServerOverride['env'], override: Denying): ServerOverride['env'] {
  const denied = override?.permissions?.deny?.secret ?? [];
  return env && Object.fromEntries(Object.entries(env).filter(([name]) => !denied.includes(name)));
}

/** Schemes whose sign-ins a server is lent no token of, since a secret of theirs is denied to it. Pure. */
export function deniedSchemes({ secrets }: Manifest, override: Denying): string[] {
  const denied = override?.permissions?.deny?.secret ?? [];
  return secrets.flatMap(({ name, scheme }) => (scheme !== undefined && denied.includes(name) ? scheme : []));
}
