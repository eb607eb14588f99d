/** Names that stand for a choice of the router's. */
export const ROUTES: readonly string[] = ['hub/auto', 'hub/standard', 'hub/heavy', 'hub/ultra'];
