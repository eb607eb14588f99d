import { hubTools } from '../../kernel/tools/hub-tools.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import type { Presentation } from '../../kernel/ports.ts';
import { describeApi, findApi } from '../code/find-code.ts';
import { runTool } from '../code/run-tool.ts';
import { readTool } from '../results/read-tool.ts';
import { callFound, describe, find } from '../search/hub-call.ts';
import { misfit, type Offer, type OwnCall } from './own-tool.ts';

/** Reads a call of one of `presentation.ownTools`. What is wrong with it becomes a result that the model can act on. */
export function readOwnCall(
  used: string,
  args: unknown,
  offer: Offer,
  { mode, resultTokens }: Presentation,
): OwnCall {
  const given = isMembers(args) ? args : {};
  const isCode = mode === 'code';
  switch (used) {
    case hubTools.find: {
      const { query } = given;
      if (typeof query !== 'string' || query.trim() === '')
        return misfit(used, 'query must be text that says what the tool is to do');
      return isCode ? findApi(offer, query, given['limit']) : find(offer, query, given['limit']);
    }
    case hubTools.describe: {
      const { name } = given;
      if (typeof name !== 'string') return misfit(used, 'name must be a string, the name of a tool');
      return isCode ? describeApi(offer, name) : describe(offer, name);
    }
    case hubTools.run:
      return runTool(offer, given, resultTokens);
    case hubTools.readResult:
      return readTool(given, resultTokens ?? 0);
    default:
      return callFound(used, offer, given);
  }
}
