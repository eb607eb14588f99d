import type { CatalogSource } from '../kernel/ports.ts';
import { toolSource } from '../kernel/tools/tool-server.ts';
import { controlDefinitions, runControlTool } from './control-tools.ts';
import type { MirrorControl } from './control.ts';
import { controlServerId } from './summary.ts';

/** A mirror's control tools as a server of the hub. */
export const controlSource = (mirror: string, control: () => Promise<MirrorControl>): CatalogSource =>
  toolSource({
    id: controlServerId(mirror),
    tools: controlDefinitions,
    run: async (call, signal) => runControlTool(await control(), call, signal),
  });
