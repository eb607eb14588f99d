import { lazily, type Lazy } from '../../kernel/lazily.ts';
import type { ChatDesk, Chats } from './chat-desk.ts';
import type { RoutingDesk } from './routing-desk.ts';

/** Chats are loaded when somebody first chats: most hubs only relay. */
export const lazyChats = (
  routing: Lazy<Pick<RoutingDesk, 'router'>>,
  desk: () => Omit<ChatDesk, 'router'>,
): Lazy<Chats> =>
  lazily(async () => {
    const { openChats } = await import('./chat-desk.ts');
    const { router } = await routing.open();
    return await openChats({ ...desk(), router });
  });
