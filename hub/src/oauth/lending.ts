import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Keys by which servers ask for tokens; each opens one server's, while this hub runs. */
export interface LendingKeys {
  keyOf(server: string): string;
  isKeyOf(server: string, given: string): boolean;
}

/** Derived from a secret that only this process has, so that nothing needs to be kept. */
export function createLendingKeys(): LendingKeys {
  const secret = randomBytes(32);
  const keyOf = (server: string): string => createHmac('sha256', secret).update(server).digest('base64url');
  return {
    keyOf,
    isKeyOf(server, given) {
      const [a, b] = [Buffer.from(keyOf(server)), Buffer.from(given)];
      return a.length === b.length && timingSafeEqual(a, b);
    },
  };
}
