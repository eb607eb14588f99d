import type { AuthRequirement, Blueprint, Operation } from '@counterpart/schemas';
import { credentialNames } from '../compile/credentials/env-names.ts';
import type { Env } from '../env.ts';
import { lenderOf } from '../tokens/lent-token.ts';
import { waysOf, type Way } from './ways.ts';

type Wanting = Pick<Operation, 'auth'>;

/** Alternatives of an operation, in the description's order. */
export const alternativesOf = (blueprint: Blueprint, operation: Wanting): readonly AuthRequirement[] =>
  operation.auth ?? blueprint.auth.default;

/** Whether a call may be made without any credential. */
export const isAnonymous = (requirements: readonly AuthRequirement[]): boolean =>
  requirements.length === 0 || requirements.some((requirement) => Object.keys(requirement).length === 0);

function waysByScheme(blueprint: Blueprint, env: Env): (scheme: string) => readonly Way[] {
  const names = credentialNames(blueprint);
  return (name) => {
    const scheme = blueprint.auth.schemes[name];
    return scheme === undefined ? [] : waysOf(blueprint, scheme, names.get(name) ?? {}, env);
  };
}

const isMet = ({ variables }: Way, env: Env): boolean => variables.every((name) => env(name) !== undefined);

/**
 * The first alternative with a scheme whose settings are all present; undefined when there is none. With `grants` it counts
 * as present what a token can be obtained with.
 */
export function chooseAlternative(
  blueprint: Blueprint,
  operation: Wanting,
  env: Env,
  { grants }: { readonly grants: boolean },
): AuthRequirement | undefined {
  const ways = waysByScheme(blueprint, env);
  const lent = grants ? (lenderOf(env)?.schemes ?? []) : [];
  const isPresent = (scheme: string): boolean =>
    lent.includes(scheme) || ways(scheme).some((one) => (grants || !one.isGrant) && isMet(one, env));
  return alternativesOf(blueprint, operation).find((requirement) => {
    const schemes = Object.keys(requirement);
    return schemes.length > 0 && schemes.every(isPresent);
  });
}

/** Names of what a way still wants; of one that is partly set only the rest. */
function wantedOf({ variables, also }: Way, env: Env): string[] {
  const missing = variables.filter((name) => env(name) === undefined);
  const isBegun = missing.length < variables.length;
  return isBegun || also === undefined || env(also) !== undefined ? missing : [...missing, also];
}

/** A refresh token stands alone and is named by the documentation only: with it one had a client before. */
const isTold = ({ isGrant, variables }: Way): boolean => !isGrant || variables.length > 1;

function schemeWords(scheme: string, ways: readonly Way[], env: Env): string | undefined {
  if (ways.some((one) => isMet(one, env))) return undefined;
  if (ways.length === 0) return `the unknown scheme ${scheme}`;
  const begun = ways.filter(({ variables }) => variables.some((name) => env(name) !== undefined));
  const told = (begun.length > 0 ? begun : ways).filter(isTold);
  return told.map((one) => wantedOf(one, env).join(' and ')).join(', or ');
}

/** Each set of variables with which an operation can be called, where none of them is set yet. */
export function sufficientSets(blueprint: Blueprint, operation: Wanting): string[][] {
  const nothing: Env = () => undefined;
  const ways = waysByScheme(blueprint, nothing);
  const sets = alternativesOf(blueprint, operation)
    .filter((requirement) => Object.keys(requirement).length > 0)
    .flatMap((requirement) =>
      Object.keys(requirement).reduce<string[][]>(
        (before, scheme) =>
          before.flatMap((set) =>
            ways(scheme)
              .filter(isTold)
              .map((one) => [...new Set([...set, ...wantedOf(one, nothing)])]),
          ),
        [[]],
      ),
    );
  return [...new Map(sets.map((set) => [set.join(' '), set])).values()];
}

/** What would satisfy a call, for messages: `A_TOKEN, or A_USERNAME and A_PASSWORD`; of what is partly set only the rest. */
export function wantedVariables(blueprint: Blueprint, operation: Wanting, env: Env): string {
  const ways = waysByScheme(blueprint, env);
  const words = alternativesOf(blueprint, operation)
    .filter((requirement) => Object.keys(requirement).length > 0)
    .map((requirement) =>
      Object.keys(requirement)
        .flatMap((scheme) => schemeWords(scheme, ways(scheme), env) ?? [])
        .join(' and '),
    );
  return [...new Set(words)].filter((one) => one !== '').join(', or ');
}

/** Whether some of what an operation could be called with is set, though not enough of it. */
export function isPartlySet(blueprint: Blueprint, operation: Wanting, env: Env): boolean {
  const ways = waysByScheme(blueprint, env);
  return alternativesOf(blueprint, operation)
    .flatMap((requirement) => Object.keys(requirement).flatMap(ways))
    .some(({ variables, also }) =>
      [...variables, also].some((name) => name !== undefined && env(name) !== undefined),
    );
}
