import { z } from 'zod';

/** A server's name: a slug that is legal in a folder, a URL and a tool prefix; at most 32 characters. */
export const ServerId = z
  .string()
  .max(32)
  .regex(
    /^[a-z0-9](?:-?[a-z0-9]+)*$/,
    'lower-case letters, digits and single dashes, such as "weather" or "my-api"',
  )
  .brand<'ServerId'>();
export type ServerId = z.infer<typeof ServerId>;

/** The server that a hub is itself: a model trusts what stands under its name. */
export const HUB_ID = 'hub';

export const NOT_THE_HUB = 'any name but "hub", under which the hub’s own tools stand';

/** The name of a server that somebody makes. */
export const OwnServerId = ServerId.refine((id) => id !== HUB_ID, NOT_THE_HUB);

/** A tool's own name, before the hub's prefix: `verb_noun`, at most 40 characters when the compiler chose it. */
export const ToolName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);

/** `sha256-` and 64 hex digits, over the canonical JSON or the bytes that the field's name says. */
export const ContentHash = z.string().regex(/^sha256-[0-9a-f]{64}$/);

/** Semantic version without build metadata. */
export const SemVer = z.string().regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/);

/** Free text category of a server; a bucket appears as soon as a server names it. */
export const Category = z
  .string()
  .regex(/^[a-z0-9](?:-?[a-z0-9]+)*$/)
  .max(32);

/** Of W3C Trace Context: 32 hexadecimal digits. */
export const TraceId = z.string().regex(/^[0-9a-f]{32}$/);
