import type { CommandDefinition } from '../../command.ts';
import { cache } from '../conversations/cache.ts';
import { conversations } from '../conversations/conversations.ts';
import { memory } from '../conversations/memory.ts';
import { connect } from './connect.ts';
import { importServers } from './import.ts';
import { undo } from './undo.ts';

/** Commands about MCP clients and their files, in the order of `hub --help`. */
export const clients: readonly CommandDefinition[] = [
  connect,
  importServers,
  undo,
  conversations,
  memory,
  cache,
];
