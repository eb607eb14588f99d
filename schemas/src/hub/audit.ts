import { z } from 'zod';
import { ContentHash, TraceId } from '../ids.ts';
import { JsonValue } from '../json.ts';

/** What is recorded: the thing, and what was done with it. */
export const AuditAction = z.enum([
  'server.add',
  'server.remove',
  'server.purge',
  'server.enable',
  'server.disable',
  'version.install',
  'version.rollback',
  'version.accept',
  'tool.approve',
  'tool.reject',
  'build.approve',
  'build.reject',
  'permission.allow',
  'permission.deny',
  'secret.store',
  'secret.delete',
  'secret.revoke',
  'secret.rotate',
  'settings.change',
  'person.add',
  'person.token',
  'person.remove',
  'server.share',
  'server.unshare',
  'audit.trim',
]);

/** One entry of the audit log, as it is hashed. */
export const AuditRecord = z.strictObject({
  /** From 1, without gaps. */
  sequence: z.int().min(1),
  /** ISO 8601 in UTC. */
  at: z.string(),
  /** In whose name, such as `owner via cli`. */
  principal: z.string(),
  action: AuditAction,
  /** What it was done with: a server, a secret, a build. */
  subject: z.string(),
  /** No value of a secret is among them. */
  facts: z.record(z.string(), JsonValue),
  /** 32 hexadecimal digits (W3C Trace Context): that of the build or request it belongs to. */
  trace: TraceId,
  /** 16 hexadecimal digits: this act within its trace. */
  span: z.string().regex(/^[0-9a-f]{16}$/),
  /** The entry whose act failed after it was written. */
  failed: z.int().min(1).optional(),
  /** Hash of the entry before; 64 zeros before the first. */
  before: ContentHash,
});

/** An entry with what makes it one of the chain. */
export const AuditEntry = AuditRecord.extend({
  /** SHA-256 of the record's canonical JSON. */
  hash: ContentHash,
  /** Id of the key that signed it. */
  keyId: z.string(),
  /** Ed25519, of the hash, base64. */
  signature: z.base64(),
});

/** Which entries are wanted. */
export const AuditQuery = z.strictObject({
  /** Those with a higher number. */
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
  action: z.string().max(40).optional(),
  subject: z.string().max(200).optional(),
});

export const AuditList = z.strictObject({ entries: z.array(AuditEntry) });

/** Where a chain begins that was shortened: the last entry that was taken out, signed anew. */
export const AuditAnchor = z.strictObject({ sequence: z.int().min(0), hash: ContentHash });

/** What a walk along the chain came to. */
export const AuditReport = z.strictObject({
  sound: z.boolean(),
  /** Entries that were read. */
  entries: z.int().min(0),
  /** After which entry the chain begins; 0: with the first. */
  begins: AuditAnchor,
  /** Its last entry: kept elsewhere, it proves later that nothing was cut off. */
  head: AuditAnchor,
  /** Of the key that every entry must be signed with. */
  keyId: z.string().optional(),
  /** The first entry that is not as it was written. */
  broken: z.strictObject({ sequence: z.int().min(1), problem: z.string() }).optional(),
});

/** Up to which entry the log is shortened. */
export const TrimAuditRequest = z.strictObject({ upTo: z.int().min(1) });
export const AuditTrimmed = z.strictObject({ removed: z.int().min(0), begins: AuditAnchor });

export type AuditAction = z.infer<typeof AuditAction>;
export type AuditRecord = z.infer<typeof AuditRecord>;
export type AuditEntry = z.infer<typeof AuditEntry>;
export type AuditQuery = z.infer<typeof AuditQuery>;
export type AuditAnchor = z.infer<typeof AuditAnchor>;
export type AuditReport = z.infer<typeof AuditReport>;
export type AuditTrimmed = z.infer<typeof AuditTrimmed>;
