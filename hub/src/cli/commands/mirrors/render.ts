import type { MirrorSummary } from '@counterpart/schemas';
import type { Context } from '../../context.ts';
import { count } from '../../output/text/format.ts';

/** What a mode does, for a person. */
const MODES: Readonly<Record<MirrorSummary['mode'], string>> = {
  simulate: 'answers are made up from the description',
  record: 'requests go to the real service, answers are kept',
  replay: 'answers come from the recording',
  pass: 'requests go to the real service',
  spy: 'requests go to the real service, both sides are held against the description',
  hybrid: 'answers come from two sources',
  live: 'tools of a server of this hub answer',
};

/** Its addresses, while there are any. */
function whereOf({ url, ownUrl, name, running }: MirrorSummary, paint: Context['paint']): string {
  if (url === undefined) return `nowhere: no hub runs; \`hub start\`, then it answers at /mirror/${name}/`;
  if (!running) return paint.faint(`nowhere: \`hub mirror start ${name}\` starts it`);
  return `${paint.code(ownUrl ?? url)}${ownUrl === undefined ? '' : paint.faint(`  and ${url}`)}`;
}

/** A mirror after it was started or changed. */
export function renderMirror({ paint }: Context, mirror: MirrorSummary): string {
  const { running, title, mode, operations, seed, recordings, tools, problem, credentials } = mirror;
  const kept = recordings.reduce((sum, { entries }) => sum + entries, 0);
  return [
    `${running ? paint.good('●') : paint.faint('○')} ${paint.strong(mirror.name)}  ${title}${running ? '' : ', stopped'}`,
    `  ${paint.faint('answers at')}  ${whereOf(mirror, paint)}`,
    `  ${paint.faint('mode')}        ${mode}: ${MODES[mode]}`,
    `  ${paint.faint('made of')}     ${count(operations, 'operation')}, seed ${seed}${kept > 0 ? `, ${count(kept, 'recorded answer')}` : ''}`,
    ...(credentials === undefined
      ? []
      : [
          `  ${paint.bad('credentials')} this hub's own reach the service for whoever asks; \`--credentials caller\` ends it`,
        ]),
    ...(tools === undefined
      ? []
      : [`  ${paint.faint('tools')}       ${paint.code(`${tools}__mirror_inspect`)} and others`]),
    ...(problem === undefined ? [] : [`  ${paint.bad('problem')}     ${problem}`]),
  ].join('\n');
}
