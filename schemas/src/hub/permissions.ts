import { z } from 'zod';
import { Walls } from './walls-config.ts';

/** What a server may be allowed: hosts, files, secrets, and tools of its own that are offered. */
export const Capability = z.enum(['net', 'fs', 'secret', 'tool']);
export type Capability = z.infer<typeof Capability>;

/** One thing that a server may or may not use. */
export const Permission = z.strictObject({
  capability: Capability,
  /** A host with its port, a path, the name of a secret, or a tool's own name. */
  name: z.string(),
  state: z.enum(['allowed', 'denied']),
  /** Who says so: `manifest`, which was approved with its version, or the owner. */
  by: z.enum(['manifest', 'owner']),
});
export type Permission = z.infer<typeof Permission>;

/** All that one server may use or is denied. */
export const ServerPermissions = z.strictObject({
  server: z.string(),
  walls: Walls,
  permissions: z.array(Permission),
  /** What is not held to, and why, in words; such as hosts of a server without walls. */
  unheld: z.array(z.string()),
});
export type ServerPermissions = z.infer<typeof ServerPermissions>;

/** The servers that were asked for, with their permissions. */
export const PermissionList = z.strictObject({ servers: z.array(ServerPermissions) });
export type PermissionList = z.infer<typeof PermissionList>;

/** What an owner denies a server, or lets it have again. */
export const ChangePermissionRequest = z.strictObject({
  change: z.enum(['allow', 'deny']),
  capability: Capability,
  /** As the list of permissions names it. */
  name: z.string().min(1).max(500),
});
export type ChangePermissionRequest = z.infer<typeof ChangePermissionRequest>;
