import { randomBytes } from 'node:crypto';
import type { ConversationDetail } from '@counterpart/schemas';
import type { ChatApi, ChatAsk, ChatMessage, ChatNews } from '../../api/rooms/chat-api.ts';

/** What an answer came to. */
export interface Answer {
  readonly text: string;
  readonly model: string | undefined;
  readonly calls: readonly {
    readonly tool: string;
    readonly isError: boolean;
    readonly durationMs: number;
  }[];
  /** Tools that wait for a yes. */
  readonly waiting: readonly string[];
  readonly usage?: { readonly input: number; readonly output: number; readonly costUsd: number } | undefined;
  readonly isStopped: boolean;
}

/** One conversation as this terminal holds it; the hub keeps the same under its id. */
export class ChatSession {
  readonly #api: ChatApi;
  readonly #view: ChatAsk['view'];
  #messages: ChatMessage[] = [];
  model: string;
  id: string;

  constructor(
    api: ChatApi,
    options: { readonly model: string; readonly id?: string | undefined; readonly view?: ChatAsk['view'] },
  ) {
    this.#api = api;
    this.#view = options.view;
    this.model = options.model;
    this.id = options.id ?? newConversation();
  }

  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** Forgets what was said, under a new id. */
  restart(): void {
    this.#messages = [];
    this.id = newConversation();
  }

  /** Goes on with a conversation that the hub keeps. */
  open({ id, items }: Pick<ConversationDetail, 'id' | 'items'>): void {
    this.#messages = items.flatMap(({ item }) => {
      if (item.type !== 'message' || (item.role !== 'user' && item.role !== 'assistant')) return [];
      const content = item.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
      return [{ role: item.role, content }];
    });
    this.id = id;
  }

  /** Asks, shows what comes and keeps it; a stop keeps what had come until then, a failure nothing. */
  async say(question: string, show: (news: ChatNews) => void, signal: AbortSignal): Promise<Answer> {
    const asked: ChatMessage = { role: 'user', content: question };
    const gathered = new Gathered();
    try {
      const { model, id: conversation } = this;
      const messages = [...this.#messages, asked];
      const view = this.#view === undefined ? {} : { view: this.#view };
      for await (const news of this.#api.ask({ model, messages, conversation, ...view }, signal)) {
        gathered.take(news);
        show(news);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    const answer = gathered.answer(signal.aborted);
    this.#messages.push(asked, { role: 'assistant', content: answer.text });
    return answer;
  }

  /** The conversation as a document to be read. */
  toMarkdown(): string {
    const parts = this.#messages.map(
      ({ role, content }) => `**${role === 'user' ? 'You' : 'Hub'}**\n\n${content}\n`,
    );
    return `# Conversation ${this.id}\n\n${parts.join('\n')}`;
  }
}

class Gathered {
  #text = '';
  #model: string | undefined;
  #usage: Answer['usage'];
  readonly #calls: { tool: string; isError: boolean; durationMs: number }[] = [];
  readonly #waiting: string[] = [];

  take(news: ChatNews): void {
    if (news.type === 'text') this.#text += news.text;
    else if (news.type === 'routed') this.#model = news.model;
    else if (news.type === 'approval') this.#waiting.push(...news.calls.map(({ tool }) => tool));
    else if (news.type === 'usage')
      this.#usage = { input: news.input, output: news.output, costUsd: news.costUsd };
    else if (news.type === 'tool-ended')
      this.#calls.push({ tool: news.name, isError: news.isError, durationMs: news.durationMs });
  }

  answer(isStopped: boolean): Answer {
    const text = isStopped && this.#text === '' ? '(stopped)' : this.#text;
    return {
      text,
      model: this.#model,
      calls: this.#calls,
      waiting: this.#waiting,
      usage: this.#usage,
      isStopped,
    };
  }
}

/** Random enough for one person's conversations. */
const newConversation = (): string => `chat-${randomBytes(6).toString('hex')}`;
