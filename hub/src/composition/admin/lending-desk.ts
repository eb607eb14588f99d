import type { Fleet } from '../../fleet/fleet.ts';
import { LENDING_PATH } from '../../http/secrets/sign-in-routes.ts';
import type { Scope } from '../../kernel/scope.ts';
import { createGrants, type GrantsOptions } from '../../oauth/grants.ts';
import type { LendingKeys } from '../../oauth/lending.ts';
import { createLogins } from '../../oauth/logins.ts';

/** Where a server asks for tokens; an address that stands for all of this machine's is no address to ask at. */
export const lender =
  (address: { readonly url: string }, lending: LendingKeys) =>
  (id: string): { url: string; key: string } => ({
    url: `${address.url.replace('//0.0.0.0:', '//127.0.0.1:')}${LENDING_PATH}${id}`,
    key: lending.keyOf(id),
  });

/** Grants of services and the sign-ins that make them. */
export function openSignIns(
  base: GrantsOptions,
  fleet: Fleet,
  { scope, lending }: { readonly scope: Scope; readonly lending: LendingKeys },
) {
  const grants = createGrants(base);
  const logins = createLogins({ grants, clock: base.clock, signedIn: () => fleet.reconcile() });
  scope.add(() => logins.close());
  return { grants, logins, lending };
}
