import type { ConversationDetail, ConversationItem } from '@counterpart/schemas';

const SPEAKERS = { system: 'Instructions', developer: 'Instructions', user: 'You', assistant: 'Assistant' };

/** A conversation as Markdown, tool calls folded, for reading and for other programs. */
export function toMarkdown({ title, id, createdAt, items }: ConversationDetail): string {
  const head = `# ${title || 'A conversation'}\n\n${id}, begun ${createdAt}\n`;
  return [head, ...items.map(({ item }) => blockOf(item))].join('\n');
}

type Piece = Extract<ConversationItem, { type: 'message' }>['content'][number];

function pieceOf(part: Piece): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
      return `![An image](${part.url.startsWith('data:') ? 'data:…' : part.url})`;
    case 'file':
      return `[File ${part.filename ?? 'without a name'}]`;
  }
}

function blockOf(item: ConversationItem): string {
  switch (item.type) {
    case 'message': {
      const pieces = item.content.map(pieceOf);
      return `## ${SPEAKERS[item.role]}\n\n${pieces.join('\n\n')}\n`;
    }
    case 'function_call':
      return folded(`Call of ${item.name}`, item.arguments);
    case 'function_call_output':
      return folded('Its answer', item.output);
    case 'reasoning':
      return folded('Thoughts', item.text);
  }
}

/** A fence that is longer than any run of backticks in it cannot be closed by what it holds. */
function folded(title: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `<details><summary>${title}</summary>\n\n${fence}\n${text}\n${fence}\n\n</details>\n`;
}
