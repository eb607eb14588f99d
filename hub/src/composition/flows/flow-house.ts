import { join } from 'node:path';
import type { FileIssue } from '@counterpart/schemas';
import type { Chats } from '../models/chat-desk.ts';
import type { ConfigStore } from '../../config/store.ts';
import { createFlows, type Flows } from '../../flows/flows.ts';
import { EVERYTHING, type FlowTools } from '../../flows/room.ts';
import { FLOW_MODEL } from '../../flows/serve/flow-model.ts';
import { flowServer } from '../../flows/serve/flow-server.ts';
import { OWNER } from '../../kernel/audit/principal.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { EventLog } from '../../kernel/events.ts';
import type { Lazy } from '../../kernel/lazily.ts';
import type { Logger } from '../../kernel/log.ts';
import type { Catalog, CatalogSource, ChatRouter, Generations, ToolCalls } from '../../kernel/ports.ts';
import type { Redactor } from '../../kernel/redact.ts';
import { toolSource } from '../../kernel/tools/tool-server.ts';
import { ROUTES } from '../../orchestrator/routing/route-names.ts';
import { promptServer } from '../../prompts/prompt-server.ts';
import { createPrompts, type Prompts } from '../../prompts/prompts.ts';
import type { Db } from '../../store/store.ts';

export interface FlowParts {
  readonly home: string;
  readonly dataDir: string;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventLog;
  readonly config: ConfigStore;
  readonly redactor: Redactor;
  readonly catalog: Catalog;
  readonly calls: ToolCalls;
  readonly router: ChatRouter;
  readonly generations: Generations;
  readonly chats: Lazy<Chats>;
}

/** What clients are offered of the files, as they were when they were last read. */
export interface Served {
  readonly sources: readonly CatalogSource[];
  /** Names under which flows are asked for as models. */
  readonly models: readonly string[];
  /** What keeps flows from being run, as far as their files say. */
  readonly errors: readonly FileIssue[];
  /** The same text for the same offer. */
  readonly stamp: string;
}

/** Prompt templates and flows, with all that they need of the other rooms. */
export interface FlowHouse {
  readonly prompts: Prompts;
  readonly flows: Flows;
  /** Reads the files. */
  served(): Promise<Served>;
}

/** Opens prompts and flows; loaded by hubs that have some, or are asked for them. */
export function openFlowHouse(parts: FlowParts): FlowHouse {
  const { home, config, redactor, chats } = parts;
  const prompts = createPrompts({ ...parts, directory: join(home, 'prompts') });
  const flows = createFlows({
    ...parts,
    directory: join(home, 'flows'),
    prompts,
    routes: ROUTES,
    config: () => config.current().chat,
    tools: toolsOf(parts.catalog),
    orchestrator: async () => (await chats.open()).orchestrator,
    principal: OWNER,
    clean: redactor.redact,
    openEngine: async (options) => {
      const { openEngine } = await import('../../builds/engine.ts');
      return await openEngine(options);
    },
  });
  const mayDecide = (): boolean => config.current().builder.clientApproval;
  return {
    prompts,
    flows,
    async served() {
      const templates = (await prompts.read()).filter(({ template }) => template !== undefined);
      const { definitions, errors } = await flows.offered();
      const tools = definitions.length > 0 ? [toolSource(flowServer(definitions, { flows, mayDecide }))] : [];
      const listed = templates.length > 0 ? [toolSource(promptServer(prompts, templates))] : [];
      return {
        sources: [...tools, ...listed],
        errors,
        models: definitions.map(({ name }) => `${FLOW_MODEL}${name}`),
        stamp: JSON.stringify([definitions, templates.map(({ name, hash }) => [name, hash])]),
      };
    },
  };
}

const toolsOf = (catalog: Pick<Catalog, 'view'>): FlowTools => ({
  route: (name) => catalog.view(EVERYTHING)?.tool(name),
  isUnlisted: (name) => catalog.view(EVERYTHING)?.unlisted(name) !== undefined,
  names: () => [...(catalog.view(EVERYTHING)?.tools.keys() ?? [])],
});
