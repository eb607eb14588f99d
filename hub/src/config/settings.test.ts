import { expect, test } from 'vitest';
import { MASK, masked, mergePatch, setDenied } from './settings.ts';

test('values that may be secrets are masked wherever they stand, references to them are shown', () => {
  const providers = { a: { apiKey: 'sk-1', model: 'm' }, b: { apiKey: '${secret:KEY}' } };
  const mcpServers = { x: { command: 'x', env: { A: 'plain', B: '${env:B}' }, args: ['-v'] } };
  expect(masked({ providers, mcpServers })).toEqual({
    providers: { a: { apiKey: MASK, model: 'm' }, b: { apiKey: '${secret:KEY}' } },
    mcpServers: { x: { command: 'x', env: { A: MASK, B: '${env:B}' }, args: ['-v'] } },
  });
});

test('a patch replaces, adds and takes away members, and leaves what is masked', () => {
  const json = {
    chat: { maxRounds: 3, approve: 'write' },
    log: { level: 'info' },
    providers: { a: { apiKey: 'sk-1' } },
  };
  mergePatch(json, {
    chat: { maxRounds: 5, approve: null },
    log: null,
    providers: { a: { apiKey: MASK, model: 'm' } },
    routing: { policy: 'best' },
  });
  expect(json).toEqual({
    chat: { maxRounds: 5 },
    providers: { a: { apiKey: 'sk-1', model: 'm' } },
    routing: { policy: 'best' },
  });
  mergePatch(json, JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>);
  expect('polluted' in json).toBe(false);
});

test('a tool is switched off by its own name and on again, beside other patterns', () => {
  const settings: Record<string, unknown> = { policy: { deny: ['effect:destructive'], readOnly: true } };
  setDenied(settings, 'find', true);
  setDenied(settings, 'find', true);
  expect(settings).toEqual({ policy: { readOnly: true, deny: ['effect:destructive', 'find'] } });
  setDenied(settings, 'find', false);
  expect(settings).toEqual({ policy: { readOnly: true, deny: ['effect:destructive'] } });
  const bare: Record<string, unknown> = {};
  setDenied(bare, 'find', true);
  setDenied(bare, 'find', false);
  expect(bare).toEqual({});
});
