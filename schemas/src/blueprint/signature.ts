import { z } from 'zod';

/** How bytes become text in a request. */
const Encoding = z.enum(['hex', 'base64', 'base64url']);
/** How the text of the key setting becomes the bytes of the key; `utf8` unless said otherwise. */
const KeyEncoding = z.enum(['utf8', 'base64', 'hex']);
/** Seconds that the time of a request may lie from the service's own; 300 unless said otherwise. */
const Tolerance = z.int().min(1).max(86_400);

const KNOWN =
  /^(?:method|path|query|sorted-query|target|url|host|body|body-digest|timestamp|nonce|key-id|signature|header:[\w-]+)$/;
const namesIn = (template: string): string[] =>
  [...template.matchAll(/\{([a-z][\w:-]*)\}/g)].map(([, name = '']) => name);

const Template = z
  .string()
  .min(1)
  .max(2_000)
  .refine((text) => namesIn(text).every((name) => KNOWN.test(name)), {
    error:
      'a template knows {method} {path} {query} {sorted-query} {target} {url} {host} {body} {body-digest} {timestamp} {nonce} {key-id} {signature} and {header:<name>}',
  });

const Place = z.strictObject({
  in: z.enum(['header', 'query']),
  name: z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/),
  /** Template of what stands there, such as `{signature}` or `v1={signature}`. */
  value: Template,
});

/**
 * An HMAC over a text made of the request. Places without `{signature}` are filled before it is made, so that `{query}` and
 * `{header:…}` have what stands there.
 */
export const TemplateSignature = z
  .strictObject({
    form: z.literal('template'),
    algorithm: z.enum(['hmac-sha256', 'hmac-sha384', 'hmac-sha512', 'hmac-sha1', 'hmac-md5']),
    keyEncoding: KeyEncoding.optional(),
    /** What is signed, such as `{timestamp}\n{method}\n{target}\n{body-digest}`. */
    content: Template,
    /** Of the signature; `hex` unless said otherwise. */
    encoding: Encoding.optional(),
    /** What `{body-digest}` is; SHA-256 in hexadecimal unless said otherwise. */
    bodyDigest: z
      .strictObject({ algorithm: z.enum(['sha256', 'sha384', 'sha512', 'sha1', 'md5']), encoding: Encoding })
      .optional(),
    /** What `{timestamp}` is; seconds since 1970 unless said otherwise. */
    timestamp: z.enum(['unix', 'unix-ms', 'iso8601', 'http-date']).optional(),
    toleranceSeconds: Tolerance.optional(),
    places: z.array(Place).min(1).max(10),
  })
  .refine(({ places }) => places.filter(({ value }) => namesIn(value).includes('signature')).length === 1, {
    error: 'exactly one place holds {signature}',
  })
  .refine(({ content }) => !namesIn(content).includes('signature'), {
    error: 'content does not hold {signature}',
  })
  .refine(
    ({ content, places }) =>
      ['timestamp', 'nonce'].every(
        (name) =>
          !namesIn(content).includes(name) || places.some(({ value }) => namesIn(value).includes(name)),
      ),
    { error: 'what is signed of {timestamp} and {nonce} is sent in a place too' },
  );
export type TemplateSignature = z.infer<typeof TemplateSignature>;

/** HTTP Message Signatures (RFC 9421), with a Content-Digest (RFC 9530) where the body is covered. */
export const MessageSignature = z.strictObject({
  form: z.literal('message-signatures'),
  algorithm: z.enum([
    'hmac-sha256',
    'ed25519',
    'ecdsa-p256-sha256',
    'ecdsa-p384-sha384',
    'rsa-pss-sha512',
    'rsa-v1_5-sha256',
  ]),
  /** For `hmac-sha256`; the other algorithms take a private key as PEM. */
  keyEncoding: KeyEncoding.optional(),
  /** Derived components (RFC 9421, 2.2) and names of headers, in order; headers that a request lacks are left out. */
  components: z
    .array(
      z
        .string()
        .regex(
          /^(?:@(?:method|target-uri|authority|scheme|request-target|path|query)|[a-z0-9][a-z0-9!#$%&'*+.^_`|~-]*)$/,
        ),
    )
    .min(1)
    .max(30),
  /** `sig1` unless said otherwise. */
  label: z
    .string()
    .regex(/^[a-z*][a-z0-9_.*-]*$/)
    .optional(),
  /** Algorithm of the Content-Digest; `sha-256` unless said otherwise. */
  contentDigest: z.enum(['sha-256', 'sha-512']).optional(),
  /** Each signature carries a value that is used once; true unless said otherwise. */
  nonce: z.boolean().optional(),
  /** The parameter `expires`, seconds after `created`. */
  expiresSeconds: z.int().min(1).max(86_400).optional(),
  tag: z
    .string()
    .regex(/^[\x20-\x7e]{1,100}$/)
    .optional(),
  toleranceSeconds: Tolerance.optional(),
});
export type MessageSignature = z.infer<typeof MessageSignature>;

/** How a service wants requests signed, in its own way or as the standard has it. */
export const RequestSignature = z.discriminatedUnion('form', [TemplateSignature, MessageSignature]);
export type RequestSignature = z.infer<typeof RequestSignature>;
