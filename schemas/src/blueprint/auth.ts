import { z } from 'zod';
import { RequestSignature } from './signature.ts';
import { SoapCredential } from './soap.ts';

/** Names of schemes that must all be satisfied, each with its scopes. An empty object means: no authentication. */
export const AuthRequirement = z.record(z.string(), z.array(z.string()));
export type AuthRequirement = z.infer<typeof AuthRequirement>;

const describedScheme = { description: z.string().optional() };

/** How a service wants to be shown who calls: one entry of OpenAPI's security schemes, in one form for all dialects. */
export const AuthScheme = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('api-key'),
    in: z.enum(['query', 'header', 'cookie']),
    name: z.string(),
    ...describedScheme,
  }),
  z.strictObject({ kind: z.literal('basic'), ...describedScheme }),
  z.strictObject({ kind: z.literal('bearer'), format: z.string().optional(), ...describedScheme }),
  /** Another HTTP scheme: the credential is sent as `<scheme> <credential>`. */
  z.strictObject({ kind: z.literal('http'), scheme: z.string(), ...describedScheme }),
  z.strictObject({
    kind: z.literal('oauth2'),
    flows: z.record(
      z.string(),
      z.strictObject({
        authorizationUrl: z.string().optional(),
        tokenUrl: z.string().optional(),
        refreshUrl: z.string().optional(),
        deviceAuthorizationUrl: z.string().optional(),
        scopes: z.record(z.string(), z.string()),
      }),
    ),
    ...describedScheme,
  }),
  /** OpenID Connect; `url` is that of the discovery document. */
  z.strictObject({ kind: z.literal('openid'), url: z.string(), ...describedScheme }),
  /** A client certificate in the TLS handshake. */
  z.strictObject({ kind: z.literal('mutual-tls'), ...describedScheme }),
  /** AWS Signature Version 4 in the Authorization header; service and region where the address does not tell them. */
  z.strictObject({
    kind: z.literal('aws-sigv4'),
    service: z.string().optional(),
    region: z.string().optional(),
    ...describedScheme,
  }),
  /** Each request is signed with a key that both sides know, or that the service knows the public half of. */
  z.strictObject({ kind: z.literal('signature'), signature: RequestSignature, ...describedScheme }),
  /** An element in the header of a SOAP envelope. */
  z.strictObject({ kind: z.literal('soap-header'), header: SoapCredential, ...describedScheme }),
]);
export type AuthScheme = z.infer<typeof AuthScheme>;
