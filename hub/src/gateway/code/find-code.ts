import { declare, declareWhole, pathOf } from '../../code/declarations.ts';
import { answerWith, refused, textResult, type Offer, type OwnCall } from '../own/own-tool.ts';
import { hitsWanted, NOTHING_FOUND } from '../search/hub-call.ts';
import { searching } from '../search/searching.ts';

const HITS = 8;

/** Answers a search with the declarations of what was found. */
export const findApi = ({ tools }: Offer, query: string, limit: unknown): OwnCall => ({
  kind: 'own',
  answer: async () => {
    const { indexOf } = await searching.open();
    const index = await indexOf(tools);
    const routes = index.find(query, hitsWanted(limit, HITS)).flatMap((name) => tools.get(name) ?? []);
    return textResult(routes.length === 0 ? NOTHING_FOUND : declare(routes));
  },
});

/** One declaration with all that is known of the tool; `name` is its name, or the expression that calls it. */
export function describeApi({ tools, tool, unknown }: Offer, name: string): OwnCall {
  const route = tool(name) ?? [...tools.values()].find((one) => pathOf(one) === name);
  return answerWith(route ? textResult(declareWhole(route)) : refused(unknown(name)));
}
