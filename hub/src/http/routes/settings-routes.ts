import type { Settings, ToolState } from '@counterpart/schemas';
import type { Hono } from 'hono';
import { z } from 'zod';
import { readBody } from '../read-body.ts';

/** Settings of a hub and states of its tools, as the admin API needs them. */
export interface SettingsService {
  show(): Settings;
  /** As JSON Merge Patch (RFC 7396) on hub.config.json. Rejects with CONFIG_INVALID, and has then changed nothing. */
  change(patch: Readonly<Record<string, unknown>>): Promise<Settings>;
  /** Also of those that are left out. */
  tools(): ToolState[];
  /** By the tool's own name. Rejects with SERVER_UNKNOWN, TOOL_UNKNOWN, or INPUT_INVALID where a wider rule leaves it out. */
  setTool(server: string, tool: string, enabled: boolean): Promise<ToolState>;
}

const Patch = z.record(z.string(), z.unknown());
const Wanted = z.strictObject({ enabled: z.boolean() });

/** Routes under `/api/settings`. */
export function addSettingsRoutes(app: Hono, settings: SettingsService): void {
  app.get('/api/settings', (c) => c.json(settings.show()));
  app.patch('/api/settings', async (c) => c.json(await settings.change(await readBody(c, Patch))));
  app.get('/api/settings/tools', (c) => c.json({ tools: settings.tools() }));
  app.put('/api/settings/tools/:server/:tool', async (c) => {
    const { enabled } = await readBody(c, Wanted);
    return c.json(await settings.setTool(c.req.param('server'), c.req.param('tool'), enabled));
  });
}
