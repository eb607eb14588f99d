import { discover, type Discovery } from '@counterpart/scaffolds/readers/discover/discover';
import { OPEN } from '@counterpart/scaffolds/readers/discover/look';
import { loadDescription } from '@counterpart/scaffolds/readers/load';
import type { LoadOptions, SourceText } from '@counterpart/scaffolds/readers/source';
import { CounterpartError, hubError } from '@counterpart/schemas';

const isUrl = (location: string): boolean => /^https?:\/\//i.test(location);

/** Whether an error says that an address holds no description, so that looking around is worth while. */
export const leadsNowhere = (error: unknown, location: string): boolean =>
  error instanceof CounterpartError &&
  isUrl(location) &&
  (error.code === 'SOURCE_NOT_A_DESCRIPTION' || error.code === 'SOURCE_UNREADABLE');

/** Whether looking around has come to a result, though to none that can be built. */
export const isUndiscovered = (error: unknown): boolean =>
  error instanceof CounterpartError &&
  (error.code === 'SOURCE_SEVERAL' || error.code === 'SOURCE_UNDISCOVERED');

/**
 * The one description that a URL leads to. Rejects with SOURCE_SEVERAL when there is a choice to make, and with
 * SOURCE_UNDISCOVERED, saying what was tried, when there is none.
 */
export async function findSource(location: string, options: LoadOptions): Promise<SourceText> {
  const found = await discover(location, options.signal);
  const written = found.found.filter(({ kind }) => kind === 'openapi');
  const asked = found.found.filter(({ kind, detail }) => kind === 'graphql' && detail === OPEN);
  const descriptions = written.length > 0 ? written : asked;
  const [only] = descriptions;
  if (only === undefined) throw undiscovered(found);
  if (descriptions.length > 1) {
    const list = descriptions.map(({ url, title }) => `  ${url}${title === undefined ? '' : ` (${title})`}`);
    throw hubError('SOURCE_SEVERAL', { source: found.url, detail: list.join('\n') });
  }
  return loadDescription(only.url, options);
}

function undiscovered({ url, found, tried }: Discovery): CounterpartError {
  const others = found.map(
    ({ kind, url: at, detail }) => `${kind} at ${at}${detail === undefined ? '' : ` (${detail})`}`,
  );
  const there = others.length === 0 ? 'nothing else of use' : others.join(', ');
  return hubError('SOURCE_UNDISCOVERED', { source: url, count: tried.length, found: there });
}
