import { respondByRules, type RuleAnswer, type RuleTools } from '../../rules/respond.ts';
import type { ChatItem, ToolRoute, ViewSelector } from '../../../kernel/ports.ts';
import { isMembers } from '../../../kernel/protocol/members.ts';
import type { ToolShelf } from '../room.ts';

/** The id under which answers go that no model gave. */
export const RULES_MODEL = 'hub/rules';

/** What rules make of a conversation: a call, a question, or what the hub can do and how a model is connected. */
export async function answerByRules(
  items: readonly ChatItem[],
  { shelf, view, today }: { readonly shelf: ToolShelf; readonly view: ViewSelector; readonly today: Date },
): Promise<RuleAnswer> {
  return await respondByRules({ items, tools: rulesOver(shelf, view), today });
}

function rulesOver(shelf: ToolShelf, view: ViewSelector): RuleTools {
  const all = shelf.all(view);
  return {
    count: all.size,
    get: (name) => toRuleTool(all.get(name)),
    async search(text, limit) {
      const names = await shelf.find(view, text, limit);
      return names.flatMap((name) => toRuleTool(all.get(name)) ?? []);
    },
  };
}

const toRuleTool = (route: ToolRoute | undefined) =>
  route && {
    name: route.hubName,
    description: route.definition.description ?? '',
    parameters: isMembers(route.definition.inputSchema) ? route.definition.inputSchema : {},
    effect: route.effect,
  };
