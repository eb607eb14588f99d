import { z } from 'zod';

/** Words that mean somebody else than a person, wherever a name stands. */
const RESERVED: ReadonlySet<string> = new Set(['owner', 'organisation', 'hub']);

/** How a person is named, in commands, the audit log and the configuration. */
export const PersonName = z
  .string()
  .max(32)
  .regex(/^[a-z0-9](?:-?[a-z0-9]+)*$/, 'lower-case letters, digits and single dashes, such as "anna"')
  .refine((name) => !RESERVED.has(name), 'this word means somebody else');

/** A person of the hub's organisation. */
export const Person = z.strictObject({
  name: z.string(),
  createdAt: z.string(),
  /** When the token that is good now was made. */
  tokenAt: z.string(),
  /** Servers that are theirs, or that were shared with them by name. */
  servers: z.array(z.string()),
});
export type Person = z.infer<typeof Person>;

export const PersonList = z.strictObject({ people: z.array(Person) });
export type PersonList = z.infer<typeof PersonList>;

export const AddPersonRequest = z.strictObject({ name: PersonName });

/** The only time that a token is shown. */
export const PersonToken = z.strictObject({ name: z.string(), token: z.string() });
export type PersonToken = z.infer<typeof PersonToken>;

/** With whom a server is shared, or no longer: a person, or everybody of the organisation. */
export const ShareRequest = z.strictObject({
  with: z.union([z.literal('organisation'), PersonName]).default('organisation'),
});

/** Who sees a server. */
export const Sharing = z.strictObject({
  server: z.string(),
  /** `organisation`: everybody. Else people by name; the owner of the hub always does. */
  seenBy: z.union([z.literal('organisation'), z.array(z.string())]),
});
export type Sharing = z.infer<typeof Sharing>;

/** Who asks, as the hub knows them by their token. */
export const Asker = z.strictObject({ name: z.string(), owner: z.boolean() });
export type Asker = z.infer<typeof Asker>;
