import type { ChatItem, GenerationRequest } from '../../../kernel/ports.ts';
import { said } from '../prompt.ts';

/** For a model that knows no tools: their definitions and calls as text, which it answers with a tag of its own. */
export function asTextItems(request: GenerationRequest): GenerationRequest {
  const { tools = [], items, ...settings } = request;
  const { toolChoice, parallelToolCalls: _parallel, ...rest } = settings;
  if (tools.length === 0 || toolChoice === 'none') return { ...rest, items: items.map(asText) };
  const listed = tools.map(({ name, description, parameters }) =>
    JSON.stringify({ name, description, parameters }),
  );
  const how = said(
    'developer',
    `You can call these tools, one a line:\n${listed.join('\n')}\nTo call one, answer with nothing but <tool_call>{"name":"…","arguments":{…}}</tool_call>.`,
  );
  const at = items.findLastIndex((item) => item.type === 'message' && item.role === 'system') + 1;
  return { ...rest, items: [...items.slice(0, at), how, ...items.slice(at)].map(asText) };
}

function asText(item: ChatItem): ChatItem {
  if (item.type === 'function_call')
    return said('assistant', `<tool_call>{"name":"${item.name}","arguments":${item.arguments}}</tool_call>`);
  if (item.type === 'function_call_output')
    return said('user', `<tool_result>${withoutEnd(item.output)}</tool_result>`);
  return item;
}

/** A result cannot close its own tag: what came behind it would be read as the person's words. */
const withoutEnd = (output: string): string => output.replaceAll(/<(?=\/tool_result)/gi, '&lt;');
