import { z } from 'zod';

/** Bodies of `/api/auth`. No token is in any of them. */

export const BeginSignInRequest = z.strictObject({
  /** Scheme of the blueprint; needed only where several can be signed in to. */
  scheme: z.string().optional(),
  flow: z.enum(['code', 'device']).optional(),
  clientId: z.string().min(1).max(500).optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'a scope has no blanks or quotes'))
    .optional(),
  port: z.int().min(1).max(65_535).optional(),
});
export type BeginSignInRequest = z.infer<typeof BeginSignInRequest>;

export const SignInStep = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('code'), url: z.string(), redirectUri: z.string() }),
  z.strictObject({
    kind: z.literal('device'),
    userCode: z.string(),
    verificationUrl: z.string(),
    completeUrl: z.string().optional(),
    expiresInSeconds: z.number(),
  }),
]);
export type SignInStep = z.infer<typeof SignInStep>;

export const BegunSignIn = z.strictObject({ id: z.string(), step: SignInStep });
export type BegunSignIn = z.infer<typeof BegunSignIn>;

export const SignInProgress = z.strictObject({
  state: z.enum(['waiting', 'done']),
  scopes: z.array(z.string()).optional(),
});
export type SignInProgress = z.infer<typeof SignInProgress>;

/** One scheme of a server that a person can sign in to. */
export const SignInStatus = z.strictObject({
  server: z.string(),
  scheme: z.string(),
  /** `ended`: it was, and must be done again. */
  state: z.enum(['signed-in', 'signed-out', 'ended']),
  scopes: z.array(z.string()),
  /** Until when the present access token serves; the hub renews it by itself where it can. */
  expiresAt: z.iso.datetime().optional(),
  renewable: z.boolean().optional(),
  detail: z.string().optional(),
});
export type SignInStatus = z.infer<typeof SignInStatus>;

export const SignInList = z.strictObject({ signIns: z.array(SignInStatus) });
export type SignInList = z.infer<typeof SignInList>;

export const SignOutRequest = z.strictObject({ scheme: z.string().optional() });
export type SignOutRequest = z.infer<typeof SignOutRequest>;

export const SignOutReport = z.strictObject({
  server: z.string(),
  /** Schemes that were forgotten. */
  schemes: z.array(z.string()),
  /** Whether the service took all of them back; it may have no such endpoint. */
  revoked: z.boolean(),
});
export type SignOutReport = z.infer<typeof SignOutReport>;

/** What a server of the hub asks with when its call needs a token. */
export const LendRequest = z.strictObject({
  scheme: z.string(),
  /** Generation of the token that the service did not take. */
  refused: z.int().optional(),
});
export type LendRequest = z.infer<typeof LendRequest>;
