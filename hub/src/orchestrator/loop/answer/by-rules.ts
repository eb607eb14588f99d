import { respondByRules, type RuleAnswer, type RuleTools } from '../../rules/respond.ts';
import type { ChatItem, RunRequest, ToolRoute, ViewSelector } from '../../../kernel/ports.ts';
import { isMembers } from '../../../kernel/protocol/members.ts';
import type { ToolShelf } from '../room.ts';

/** The id under which answers go that no model gave. */
export const RULES_MODEL = 'hub/rules';

/** Whether a program waits for what rules cannot give it: a form of the answer, or a call of its own tools. */
export function needsModel({ settings = {}, tools = [] }: Pick<RunRequest, 'settings' | 'tools'>): boolean {
  const { format, toolChoice: choice } = settings;
  const mustCall = choice === 'required' || typeof choice === 'object';
  return (format !== undefined && format.type !== 'text') || (mustCall && tools.length > 0);
}

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
