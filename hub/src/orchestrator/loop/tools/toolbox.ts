import type { ChatItem, ChatTool, ToolRoute, ViewSelector } from '../../../kernel/ports.ts';
import { hubTools } from '../../../kernel/tools/hub-tools.ts';
import { isMembers } from '../../../kernel/protocol/members.ts';
import type { ToolShelf } from '../room.ts';

const TOKEN_CHARS = 4;
/** Hits that are looked at for a question, and that a search of the model's own adds. */
const HITS = 12;
const FOUND = 6;
/** Of a tool's words to a model. */
const MOST_DESCRIPTION = 1_000;

/** How a model looks for what it was not given. */
const FIND: ChatTool = {
  name: hubTools.find,
  description:
    'Finds more tools by what they do, such as "create an issue". What is found can be called afterwards by its name.',
  parameters: {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'The thing, and what is to happen to it, in English.' },
    },
    required: ['query'],
    additionalProperties: false,
  },
};

/** The tools of one run: few at first, more as the model finds them; in an order that only grows, which keeps prompts cached. */
export class Toolbox {
  readonly #shelf: ToolShelf;
  readonly #view: ViewSelector | 'none';
  readonly #own: readonly ChatTool[];
  readonly #given = new Map<string, ChatTool>();
  #hidesSome = false;
  #number = 0;

  constructor(shelf: ToolShelf, view: ViewSelector | 'none', own: readonly ChatTool[]) {
    this.#shelf = shelf;
    this.#view = view;
    this.#own = own;
  }

  /** Takes up what fits the question, in at most so many tokens; all of a small hub. */
  async fill(question: string, tokens: number): Promise<void> {
    if (this.#view === 'none') return;
    const all = this.#shelf.all(this.#view);
    const isSmall =
      all.size <= HITS && [...all.values()].reduce((sum, route) => sum + shownOf(route).tokens, 0) <= tokens;
    const chosen = isSmall ? [...all.keys()] : await this.#shelf.find(this.#view, question, HITS);
    let left = tokens;
    for (const name of chosen) {
      const route = all.get(name);
      if (route === undefined) continue;
      const { tool, tokens: taken } = shownOf(route);
      left -= taken;
      if (left >= 0 || isSmall) this.#give(tool);
    }
    this.#hidesSome = this.#given.size < all.size;
  }

  /** Adds what is found and tells of it; the model calls it by name from now on. */
  async find(query: string): Promise<string> {
    if (this.#view === 'none') return 'There are no other tools.';
    const names = await this.#shelf.find(this.#view, query, FOUND);
    this.put(names);
    const lines = names.flatMap((name) => {
      const route = this.route(name);
      return route ? [`${name} (${route.effect}) ${firstLine(route.definition.description)}`.trimEnd()] : [];
    });
    return lines.length === 0
      ? 'No tool fits. Try other words, English ones.'
      : `Found, ready to be called:\n${lines.join('\n')}`;
  }

  /** Puts these in the box, whatever it holds. */
  put(names: readonly string[]): void {
    for (const name of names) {
      const route = this.route(name);
      if (route !== undefined) this.#give(shownOf(route).tool);
    }
  }

  /** Of all tools of the hub that may be called. */
  get names(): string[] {
    return this.#view === 'none' ? [] : [...this.#shelf.all(this.#view).keys()];
  }

  /** A number that no other call of this run has. */
  nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  /** What a model is offered now. A caller's own tool stands before one of the hub under the same name. */
  get offered(): ChatTool[] {
    const own = new Set(this.#own.map(({ name }) => name));
    const hub = [...this.#given.values(), ...(this.#hidesSome ? [FIND] : [])].filter(
      ({ name }) => !own.has(name),
    );
    return [...this.#own, ...hub];
  }

  isOwn(name: string): boolean {
    return this.#own.some((tool) => tool.name === name);
  }

  isFind(name: string): boolean {
    return name === FIND.name && this.#hidesSome && !this.isOwn(name);
  }

  /** A tool of the hub as a model sees it. */
  shown(name: string): ChatTool | undefined {
    const route = this.route(name);
    return route && shownOf(route).tool;
  }

  /** Where a call of the hub's tools goes, also of one that was found in an earlier answer. */
  route(name: string): ToolRoute | undefined {
    return this.#view === 'none' || this.isOwn(name) ? undefined : this.#shelf.all(this.#view).get(name);
  }

  get view(): ViewSelector | undefined {
    return this.#view === 'none' ? undefined : this.#view;
  }

  #give(tool: ChatTool): void {
    if (!this.#given.has(tool.name)) this.#given.set(tool.name, tool);
  }
}

interface ShownTool {
  readonly tool: ChatTool;
  readonly tokens: number;
}

/** By route, which lives as long as its catalog: what a model sees of a tool is made and measured once. */
const shownTools = new WeakMap<ToolRoute, ShownTool>();

function shownOf(route: ToolRoute): ShownTool {
  const known = shownTools.get(route);
  if (known !== undefined) return known;
  const { description = '', inputSchema } = route.definition;
  const tool = {
    name: route.hubName,
    description: description.slice(0, MOST_DESCRIPTION),
    parameters: isMembers(inputSchema) ? inputSchema : { type: 'object' },
  };
  const shown = { tool, tokens: Math.ceil(JSON.stringify(tool).length / TOKEN_CHARS) };
  shownTools.set(route, shown);
  return shown;
}

const firstLine = (text = ''): string => (text.split('\n', 1)[0] ?? '').slice(0, 200);

/** Words by which tools are looked up for a conversation: the last question, and the one before for what "it" is. */
export function questionOf(items: readonly ChatItem[]): string {
  const said = items.flatMap((item) =>
    item.type === 'message' && item.role === 'user'
      ? [item.content.map((part) => (part.type === 'text' ? part.text : '')).join(' ')]
      : [],
  );
  const [before, last = ''] = said.length > 1 ? said.slice(-2) : [undefined, said[0]];
  const SHORT = 60;
  return (last.length < SHORT && before !== undefined ? `${last} ${before}` : last).slice(0, 2_000);
}
