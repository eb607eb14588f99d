import type { ServerDetail } from '@counterpart/schemas';
import type { Approvals } from '../../approvals/approvals.ts';
import { noticesOf as noticesOfTool } from '../../approvals/notices.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Member } from '../../fleet/member.ts';
import type { AdminService } from '../../http/admin.ts';
import { subjectsOf } from '../../kernel/tools/approval-subjects.ts';
import { toolProblem } from '../../kernel/tools/tool-check.ts';

interface Desk {
  readonly approvals: Approvals;
  readonly fleet: Fleet;
}

/** What `/api/approvals` does: shows what awaits a decision, and takes the owner's word. */
export function approvalDesk({
  approvals,
  fleet,
}: Desk): Pick<AdminService, 'pendingTools' | 'proposals' | 'decide'> {
  return {
    pendingTools: () => approvals.pending(),
    async proposals(id) {
      fleet.get(id);
      return { server: id, proposals: await approvals.proposals(id) };
    },
    async decide(id, { decision, tools, via }) {
      const listed = soundTools(fleet.get(id));
      await approvals.decide({ server: id, tools, decision, by: `owner via ${via}`, listed });
      return { server: id, decided: tools.map(({ tool }) => tool) };
    },
  };
}

/** How many tools of a server await approval. */
export const awaitingIn =
  ({ approvals }: Pick<Desk, 'approvals'>) =>
  (server: string): number =>
    approvals.pending(server).filter(({ state }) => state === 'awaiting').length;

/** What a person should read in the definitions of a server's tools. */
export const noticesOf = (member: Member): ServerDetail['notices'] =>
  soundTools(member).flatMap((tool) => noticesOfTool(tool).map((notice) => ({ tool: tool.name, ...notice })));

/** Tools, prompts and instructions that can be decided on. */
function soundTools({ upstream, known, desired }: Member) {
  const lists = upstream.lists ?? known;
  if (!lists) return [];
  const all = desired.origin.kind === 'built' ? lists.tools : subjectsOf(lists, upstream.info?.instructions);
  return all.filter((tool) => toolProblem(tool) === undefined);
}
