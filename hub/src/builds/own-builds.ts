import { hubError, type LoopDetail, type LoopOrder, type LoopSummary } from '@counterpart/schemas';
import type { BuildService } from '../kernel/ports.ts';
import type { Builds } from './builds.ts';

/** Builds as whoever asks for some has them. */
export type BuildsOfOne = Omit<BuildService, 'start'> & Pick<Builds, 'answer' | 'start'>;

/** Of an order what reaches into the hub's machine: it is its owner's. */
const OWNERS: readonly (keyof LoopOrder)[] = ['folder', 'files', 'unsafeLocal', 'seen'];

/**
 * The builds as one person has them: their own, from what can be fetched or said. Whether something is installed is the
 * owner's to decide. Those of others are as unknown as builds that never were.
 */
export function buildsOf(builds: BuildsOfOne, person: string): BuildsOfOne {
  const own = async (id: string): Promise<LoopDetail> => {
    const detail = await builds.show(id);
    if (detail.person !== person) throw hubError('BUILD_UNKNOWN', { build: id });
    return detail;
  };
  const within =
    <Rest extends readonly unknown[]>(act: (id: string, ...rest: Rest) => Promise<LoopSummary>) =>
    async (id: string, ...rest: Rest): Promise<LoopSummary> => {
      await own(id);
      return await act(id, ...rest);
    };
  return {
    async start(order, _, handed) {
      assertTheirs(order, person);
      return await builds.start(order, person, handed);
    },
    list: async () => (await builds.list()).filter((build) => build.person === person),
    show: own,
    cancel: within((id) => builds.cancel(id)),
    retry: within((id, from) => builds.retry(id, from)),
    answer: (id: string, text: string, model?: string) => within(() => builds.answer(id, text, model))(id),
    skip: within((id) => builds.skip(id)),
    decide: within((id) =>
      Promise.reject(hubError('OWNER_NEEDED', { subject: `The decision on build ${id}`, person })),
    ),
  };
}

function assertTheirs(order: LoopOrder, person: string): void {
  const [used] = OWNERS.filter((member) => order[member] !== undefined);
  if (used !== undefined) throw hubError('OWNER_NEEDED', { subject: `\`${used}\` of an order`, person });
  if (order.from !== undefined && !/^https?:\/\//i.test(order.from))
    throw hubError('OWNER_NEEDED', { subject: 'A description that is no address', person });
}
