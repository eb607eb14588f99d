import { randomBytes } from 'node:crypto';
import type { ConversationDetail } from '@counterpart/schemas';
import { withoutCredentials, NEVER_HERE } from '../../../orchestrator/understanding/credentials/pasted.ts';
import type { ChatApi, ChatAsk, ChatMessage, ChatNews, PendingApproval } from '../../api/rooms/chat-api.ts';

/** What an answer came to. */
export interface Answer {
  readonly text: string;
  readonly model: string | undefined;
  readonly calls: readonly {
    readonly tool: string;
    readonly arguments: string;
    readonly isError: boolean;
    readonly durationMs: number;
    /** What came back, cut by the hub where it is long. */
    readonly text: string;
  }[];
  /** Calls that wait for a yes. */
  readonly waiting: readonly PendingApproval[];
  /** Why it ended early. */
  readonly problem?: { readonly code: string; readonly message: string } | undefined;
  readonly usage?: { readonly input: number; readonly output: number; readonly costUsd: number } | undefined;
  readonly isStopped: boolean;
}

/** One conversation as this terminal holds it; the hub keeps the same under its id. */
export class ChatSession {
  #api: ChatApi;
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

  /** What is kept of something that is said now. */
  withoutCredentials(text: string): string {
    return withoutCredentials(text, this.#messages.at(-1)?.content.includes(NEVER_HERE) === true);
  }

  /** Goes on with another hub, which has the same conversations. */
  use(api: ChatApi): void {
    this.#api = api;
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
    const kept = { ...asked, content: this.withoutCredentials(question) };
    this.#messages.push(kept, { role: 'assistant', content: answer.text });
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
  #problem: Answer['problem'];
  readonly #started = new Map<string, string>();
  readonly #calls: Answer['calls'][number][] = [];
  readonly #waiting: PendingApproval[] = [];

  take(news: ChatNews): void {
    switch (news.type) {
      case 'text':
        this.#text += news.text;
        return;
      case 'routed':
        this.#model = news.model;
        return;
      case 'approval':
        this.#waiting.push({ id: news.id, calls: news.calls });
        return;
      case 'usage':
        this.#usage = { input: news.input, output: news.output, costUsd: news.costUsd };
        return;
      case 'tool-started':
        this.#started.set(news.callId, news.arguments);
        return;
      case 'tool-ended': {
        const { callId, name: tool, isError, durationMs, text } = news;
        this.#calls.push({ tool, arguments: this.#started.get(callId) ?? '', isError, durationMs, text });
        return;
      }
      case 'end':
        this.#problem = news.problem;
        return;
      case 'progress':
    }
  }

  answer(isStopped: boolean): Answer {
    const text = isStopped && this.#text === '' ? '(stopped)' : this.#text;
    return {
      text,
      model: this.#model,
      calls: this.#calls,
      waiting: this.#waiting,
      problem: this.#problem,
      usage: this.#usage,
      isStopped,
    };
  }
}

/** Random enough for one person's conversations. */
const newConversation = (): string => `chat-${randomBytes(6).toString('hex')}`;
