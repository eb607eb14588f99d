import type { ViewSelector } from '../ports/catalog.ts';

/** Answerable for all that comes without a person's token. */
export const OWNER = 'owner';

/** Everybody of a hub, as what is shared names them. */
export const EVERYBODY = 'organisation';

/** Who looks at a view. */
export const principalOf = ({ principal }: ViewSelector): string => principal ?? OWNER;

/** The same URL, as a principal sees it. The owner's stays the object it is: requests of most hubs make none. */
export const seenBy = (selector: ViewSelector, principal: string): ViewSelector =>
  principal === OWNER ? selector : { ...selector, principal };
