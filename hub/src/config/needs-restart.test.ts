import { HubConfig } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { needsRestart } from './needs-restart.ts';

test('settings that are read only at the start are named, and no others', () => {
  const after = HubConfig.parse({
    listen: { port: 1, allowedHosts: ['x'] },
    dataDir: 'd',
    log: { level: 'debug' },
    mcpServers: { a: { command: 'a' } },
  });
  expect(needsRestart(HubConfig.parse({}), after)).toEqual(['listen.port', 'dataDir', 'log.level']);
  expect(needsRestart(after, after)).toEqual([]);
});
