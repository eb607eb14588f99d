import { expect, test } from 'vitest';
import type { Approvals } from '../../approvals/approvals.ts';
import type { AuditTrail, Vault } from '../../kernel/ports.ts';
import type { Registry } from '../../registry/registry.ts';
import { auditedApprovals, auditedRegistry, auditedVault } from './audited.ts';

const PLACE = { server: 'shop', name: 'SHOP_KEY' };
const OWN = { server: 'shop', name: 'oauth:tokens' };
const INSTALLED = { id: 'shop', kind: 'built', enabled: true } as const;

/** A room in which everything goes well, and what was entered and done in it, in this order. */
function room() {
  const told: string[] = [];
  const audit: AuditTrail = {
    acting({ action, subject }, work) {
      told.push(`${action} ${subject}`);
      return work();
    },
  };
  const done = new Proxy(
    {},
    {
      get: (_, name) => async () => void told.push(`(${String(name)})`),
      ownKeys: () => METHODS,
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    },
  );
  return { told, audit, done };
}
const METHODS = [
  'store',
  'delete',
  'revoke',
  'rotate',
  'get',
  'install',
  'setEnabled',
  'uninstall',
  'decide',
];

test('whatever an owner does is entered under its name before it is done', async () => {
  const { told, audit, done } = room();
  const vault = auditedVault(done as Vault, audit);
  await vault.store(PLACE, 'value');
  await vault.store(OWN, 'value');
  await vault.delete(PLACE);
  await vault.revoke(PLACE);
  await vault.rotate();
  expect(told.splice(0)).toEqual([
    'secret.store SHOP_KEY',
    '(store)',
    '(store)',
    'secret.delete SHOP_KEY',
    '(delete)',
    'secret.revoke SHOP_KEY',
    '(revoke)',
    'secret.rotate vault',
    '(rotate)',
  ]);
  const registry = auditedRegistry(done as Registry, audit);
  await registry.install(INSTALLED);
  await registry.setEnabled('shop', false);
  await registry.setEnabled('shop', true);
  await registry.uninstall('shop');
  expect(told.splice(0)).toEqual([
    '(get)',
    'server.add shop',
    '(install)',
    'server.disable shop',
    '(setEnabled)',
    'server.enable shop',
    '(setEnabled)',
    'server.remove shop',
    '(uninstall)',
  ]);
  const approvals = auditedApprovals(done as Approvals, audit);
  for (const decision of ['approve', 'reject'] as const)
    await approvals.decide({ server: 'shop', tools: [{ tool: 'buy' }], decision, by: 'owner', listed: [] });
  expect(told).toEqual(['tool.approve shop', '(decide)', 'tool.reject shop', '(decide)']);
});
