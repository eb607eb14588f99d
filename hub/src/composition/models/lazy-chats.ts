import type { ChatDesk, Chats } from './chat-desk.ts';
import { lazily, type Lazy } from '../../kernel/lazily.ts';

/** Chats are loaded when somebody first chats: most hubs only relay. */
export const lazyChats = (desk: () => ChatDesk): Lazy<Chats> =>
  lazily(async () => {
    const { openChats } = await import('./chat-desk.ts');
    return await openChats(desk());
  });
