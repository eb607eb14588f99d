import type { ChatDesk, Chats } from '../models/chat-desk.ts';
import type { Lazy } from '../../kernel/lazily.ts';
import type { CatalogChange, CatalogSource } from '../../kernel/ports.ts';
import { lazyChats } from '../models/lazy-chats.ts';
import type { RoutingDesk } from '../models/routing-desk.ts';
import { flowDesk, type FlowDesk } from './flow-desk.ts';
import type { FlowParts } from './flow-house.ts';

/** What chats and flows are made of together. */
export interface Work
  extends Omit<ChatDesk, 'flows' | 'router'>, Omit<FlowParts, 'chats' | 'catalog' | 'router'> {
  readonly routing: Lazy<RoutingDesk>;
  readonly fleet: ChatDesk['fleet'] & { publish(): void };
  readonly catalog: ChatDesk['catalog'] & {
    subscribe(listener: (change: CatalogChange) => void): () => void;
  };
}

/** Chats and flows of a hub: chats answer with flows, and flows ask through chats. */
export function chatsAndFlows(work: Work): { readonly chats: Lazy<Chats>; readonly flows: FlowDesk } {
  const chats = lazyChats(work.routing, () => ({ ...work, flows }));
  const flows = flowDesk({
    ...work,
    parts: async () => ({ ...work, chats, router: (await work.routing.open()).router }),
    publish: () => work.fleet.publish(),
    onTools: (changed) =>
      work.catalog.subscribe(({ tools }) => {
        if (tools) changed();
      }),
  });
  return { chats, flows };
}

/** Tools and prompts that the hub's own rooms are. */
export interface OwnSources {
  /** Offered where the configuration says so. */
  builder?: CatalogSource;
  flows?: FlowDesk;
}

/** Those that are offered now. */
export const offered = ({ builder, flows }: OwnSources, offersBuilder: boolean): readonly CatalogSource[] => [
  ...(builder && offersBuilder ? [builder] : []),
  ...(flows?.sources ?? []),
];
