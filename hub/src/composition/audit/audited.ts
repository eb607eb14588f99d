import type { Approvals } from '../../approvals/approvals.ts';
import type { AuditTrail, Vault } from '../../kernel/ports.ts';
import type { Registry } from '../../registry/registry.ts';
import { isVariable } from '../../vault/given-secrets.ts';

/** Rooms whose acts are entered in the audit log before they are done; whoever asks for them, and by which way. */

/** What owners store, take out, revoke and wrap anew; renewed tokens of sign-ins are no act of anybody. */
export function auditedVault(vault: Vault, audit: AuditTrail): Vault {
  return {
    ...vault,
    store: (place, value) =>
      isVariable(place.name)
        ? audit.acting({ action: 'secret.store', ...placed(place) }, () => vault.store(place, value))
        : vault.store(place, value),
    delete: (place) => audit.acting({ action: 'secret.delete', ...placed(place) }, () => vault.delete(place)),
    revoke: (place) => audit.acting({ action: 'secret.revoke', ...placed(place) }, () => vault.revoke(place)),
    rotate: () => audit.acting({ action: 'secret.rotate', subject: 'vault' }, () => vault.rotate()),
  };
}

const placed = ({ name, server }: { readonly name: string; readonly server: string }) => ({
  subject: name,
  facts: { server: server === '' ? null : server },
});

/** Which servers there are, and whether they serve: what is known from before is no act. */
export function auditedRegistry(registry: Registry, audit: AuditTrail): Registry {
  return {
    ...registry,
    async install(installation) {
      const { id, kind, version, contentHash } = installation;
      if ((await registry.get(id)) !== undefined) return registry.install(installation);
      const facts = { kind, version: version ?? null, content: contentHash ?? null };
      return audit.acting({ action: 'server.add', subject: id, facts }, () => registry.install(installation));
    },
    setEnabled: (id, enabled) =>
      audit.acting({ action: enabled ? 'server.enable' : 'server.disable', subject: id }, () =>
        registry.setEnabled(id, enabled),
      ),
    uninstall: (id) => audit.acting({ action: 'server.remove', subject: id }, () => registry.uninstall(id)),
  };
}

/** The owner's word on tools that changed. */
export function auditedApprovals(approvals: Approvals, audit: AuditTrail): Approvals {
  return {
    review: (listed) => approvals.review(listed),
    withheld: (server, tool) => approvals.withheld(server, tool),
    held: (server, tool) => approvals.held(server, tool),
    pending: (server) => approvals.pending(server),
    proposals: (server) => approvals.proposals(server),
    decide: (word) =>
      audit.acting(
        {
          action: word.decision === 'approve' ? 'tool.approve' : 'tool.reject',
          subject: word.server,
          principal: word.by,
          facts: { tools: word.tools.map(({ tool, hash = null }) => ({ tool, hash })) },
        },
        () => approvals.decide(word),
      ),
    forget: (server) => approvals.forget(server),
    subscribe: (listener) => approvals.subscribe(listener),
  };
}
