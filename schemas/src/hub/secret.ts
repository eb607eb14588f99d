import { z } from 'zod';

/** Bodies of `/api/secrets`. Values go in and never come out. */

/** Named as environment variables are, because that is what servers know them by. */
export const SecretName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'letters, digits and underscores, such as "NOTION_TOKEN"');

/** At most 64 KiB of text; what cannot stand in an environment is no value. */
export const SecretValue = z
  .string()
  .min(1, 'it is empty')
  .max(65_536, 'it is longer than 65536 characters')
  .refine((value) => !value.includes('\0'), 'it holds a NUL character');

/** Which server a secret is meant for; both absent: the one server that declares its name, else all. */
const Owner = {
  server: z.string().optional(),
  /** Given to every server whose manifest or configuration asks for its name. */
  shared: z.boolean().optional(),
};

export const SecretOwner = z.strictObject(Owner);
export type SecretOwner = z.infer<typeof SecretOwner>;

export const StoreSecretRequest = z.strictObject({ ...Owner, value: SecretValue });
export type StoreSecretRequest = z.infer<typeof StoreSecretRequest>;

/** A stored secret without its value. */
export const SecretSummary = z.strictObject({
  name: z.string(),
  /** Null: shared. */
  server: z.string().nullable(),
  keyId: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  /** Servers that are given it. */
  usedBy: z.array(z.string()),
});
export type SecretSummary = z.infer<typeof SecretSummary>;

export const SecretList = z.strictObject({
  secrets: z.array(SecretSummary),
  /** What servers ask for and have not. */
  missing: z.array(z.strictObject({ name: z.string(), server: z.string() })),
});
export type SecretList = z.infer<typeof SecretList>;

/** A page on which one secret can be typed once. */
export const SecretPage = z.strictObject({
  id: z.string(),
  url: z.string(),
  name: z.string(),
  server: z.string().nullable(),
  expiresAt: z.iso.datetime(),
});
export type SecretPage = z.infer<typeof SecretPage>;

export const SecretPageState = z.strictObject({ state: z.enum(['waiting', 'used', 'gone']) });
export type SecretPageState = z.infer<typeof SecretPageState>;

/** What happened to one secret. */
export const SecretChange = z.strictObject({ name: z.string(), server: z.string().nullable() });
export type SecretChange = z.infer<typeof SecretChange>;

export const RotationReport = z.strictObject({ keyId: z.string(), records: z.int() });
export type RotationReport = z.infer<typeof RotationReport>;
