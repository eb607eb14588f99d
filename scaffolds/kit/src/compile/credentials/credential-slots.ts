import type { AuthRequirement, AuthScheme, Blueprint, ConfigSlot, SecretSlot } from '@counterpart/schemas';
import { needsKeyId } from '../../signing/key-id.ts';
import { credentialNames, type CredentialNames } from './env-names.ts';
import { describedTokenUrl, hasTokenUrl } from './token-urls.ts';

/** A scheme is required when no operation works without it. */
function isRequired(blueprint: Blueprint, scheme: string): boolean {
  const demands = (requirements: readonly AuthRequirement[]): boolean =>
    requirements.length > 0 && requirements.every((requirement) => scheme in requirement);
  const lists = blueprint.operations.map((operation) => operation.auth ?? blueprint.auth.default);
  return lists.length > 0 && lists.every(demands);
}

/** A variable, its description, and whether a scheme that is required cannot do without it. */
type Slot = readonly [name: string | undefined, description: string | undefined, isNeeded: boolean];

const GRANT = {
  clientId: 'Client id: with the client secret the server obtains tokens itself.',
  clientSecret: 'Client secret, beside the client id.',
  refreshToken: 'Refresh token: the server renews its access token with it.',
};

const grantSlots = ({ clientId, clientSecret, refreshToken }: CredentialNames): Slot[] => [
  [clientId, GRANT.clientId, false],
  [clientSecret, GRANT.clientSecret, false],
  [refreshToken, GRANT.refreshToken, false],
];

type OAuth = AuthScheme & { readonly kind: 'oauth2' };

/** Tokens are had with client credentials and in no other way: nobody is given one to set. */
const isForPrograms = ({ flows }: OAuth): boolean => Object.keys(flows).join() === 'clientCredentials';

function oauthSlots(blueprint: Blueprint, scheme: OAuth, names: CredentialNames): Slot[] {
  const { description } = scheme;
  if (!hasTokenUrl(blueprint, scheme)) return [[names.token, description, true]];
  if (!isForPrograms(scheme)) return [[names.token, description, true], ...grantSlots(names)];
  return [
    [names.clientId, description ?? GRANT.clientId, true],
    [names.clientSecret, GRANT.clientSecret, true],
    [names.token, 'An access token, instead of both.', false],
    [names.refreshToken, GRANT.refreshToken, false],
  ];
}

function slotsOfScheme(blueprint: Blueprint, scheme: AuthScheme, names: CredentialNames): Slot[] {
  const { description } = scheme;
  switch (scheme.kind) {
    case 'basic':
      return [
        [names.username, description, true],
        [names.password, description, true],
      ];
    case 'oauth2':
      return oauthSlots(blueprint, scheme, names);
    case 'openid':
      return [[names.token, description, true], ...grantSlots(names)];
    case 'aws-sigv4':
      return [
        [names.accessKeyId, description ?? 'Access key id of AWS.', true],
        [names.secretAccessKey, 'Secret access key, beside the access key id.', true],
        [names.sessionToken, 'Session token, of temporary credentials.', false],
      ];
    case 'signature':
      return [
        [names.signingKey, description ?? 'Key that requests are signed with.', true],
        ...(needsKeyId(scheme.signature)
          ? [
              [
                names.signingKeyId,
                'Name of that key, as the service knows it.',
                scheme.signature.form === 'template',
              ] as const,
            ]
          : []),
      ];
    case 'soap-header':
      return scheme.header.parts.map(({ required }, at) => [names.parts?.[at], description, required]);
    case 'mutual-tls':
      return [[names.passphrase, 'Passphrase of the client key, where it has one.', false]];
    case 'api-key':
    case 'bearer':
    case 'http':
      return [[names.token, description, true]];
  }
}

/** What a slot that another of its scheme stands in for is not: a part of the same credential. */
const isPartOnly = (scheme: AuthScheme): boolean =>
  scheme.kind === 'aws-sigv4' || scheme.kind === 'mutual-tls';

/** Variables of all used schemes that hold secrets; schemes may share one. */
export function credentialSecrets(blueprint: Blueprint): SecretSlot[] {
  return [...credentialNames(blueprint)].flatMap(([name, names]) => {
    const scheme = blueprint.auth.schemes[name];
    if (scheme === undefined) return [];
    const required = isRequired(blueprint, name);
    return slotsOfScheme(blueprint, scheme, names).flatMap(([variable, description, isNeeded]) =>
      variable === undefined
        ? []
        : [
            {
              name: variable,
              ...(isPartOnly(scheme) && !isNeeded ? {} : { scheme: name }),
              ...(description === undefined ? {} : { description }),
              required: required && isNeeded,
            },
          ],
    );
  });
}

/** Settings of all used schemes that are no secrets: where tokens are had, the region, files of certificates. */
export function credentialConfig(blueprint: Blueprint): ConfigSlot[] {
  return [...credentialNames(blueprint)].flatMap(([name, names]) => {
    const scheme = blueprint.auth.schemes[name];
    return scheme === undefined
      ? []
      : configOf(blueprint, scheme, names).flatMap(([variable, description, usual]) =>
          variable === undefined
            ? []
            : [
                {
                  name: variable,
                  description,
                  ...(usual === undefined ? {} : { default: usual }),
                  required: false,
                },
              ],
        );
  });
}

type Setting = readonly [name: string | undefined, description: string, usual?: string | undefined];

function configOf(blueprint: Blueprint, scheme: AuthScheme, names: CredentialNames): readonly Setting[] {
  switch (scheme.kind) {
    case 'oauth2': {
      const url = describedTokenUrl(blueprint, scheme);
      return hasTokenUrl(blueprint, scheme)
        ? [[names.tokenUrl, 'Where access tokens are obtained.', url]]
        : [];
    }
    case 'openid':
      return [
        [
          names.openidUrl,
          'The discovery document of OpenID Connect, which says where tokens are obtained.',
          scheme.url,
        ],
      ];
    case 'aws-sigv4':
      return [
        [
          names.region,
          'Region that requests are signed for; unless set, that of the address.',
          scheme.region,
        ],
      ];
    case 'mutual-tls':
      return [
        [names.certificateFile, 'Path of the client certificate, with its chain, as PEM.'],
        [names.keyFile, "Path of the client certificate's key, as PEM."],
        [names.caFile, 'Path of the authorities the service is trusted by, as PEM; default: the usual ones.'],
      ];
    case 'api-key':
    case 'basic':
    case 'bearer':
    case 'http':
    case 'signature':
    case 'soap-header':
      return [];
  }
}

/** Addresses that are asked for tokens. */
export const tokenHosts = (blueprint: Blueprint): string[] =>
  Object.values(blueprint.auth.schemes).flatMap((scheme) => {
    if (scheme.kind === 'openid') return URL.canParse(scheme.url) ? [scheme.url] : [];
    const url = scheme.kind === 'oauth2' ? describedTokenUrl(blueprint, scheme) : undefined;
    return url === undefined ? [] : [url];
  });
