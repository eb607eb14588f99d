import { lazily } from '../../kernel/lazily.ts';

/** What makes an index, loaded by the first search: most clients list tools and never search them. */
export const searching = lazily(() => import('./tool-search.ts'));
