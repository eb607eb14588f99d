import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { Finding } from '../../doctor/finding.ts';
import { checkFlows } from '../../doctor/flow-checks.ts';
import { checkHub } from '../../doctor/hub-checks.ts';
import { checkMachine } from '../../doctor/machine-checks.ts';
import { askHub } from '../../doctor/running.ts';
import { checkServers } from '../../doctor/server-checks.ts';
import { count } from '../../output/text/format.ts';
import { wrap } from '../../output/text/wrap.ts';

const PROBLEMS_EXIT = 5;

export const doctor = defineCommand({
  name: 'doctor',
  group: 'hub',
  summary: 'Find what is wrong and say how to mend it',
  description:
    'Looks at Node, the home, the data folder, the configuration, the port, every server, flow and prompt template, and the clients of this machine. Changes nothing of yours. Exits 5 if there is a problem.',
  examples: [['hub doctor', 'every finding comes with its remedy']],
  input: z.object({}),
  async run(context) {
    const findings = await context.working('examining', async () => {
      const running = await askHub(context);
      return [
        ...(await checkHub(context, running)),
        ...(await checkServers(context, running)),
        ...(await checkFlows(context, running)),
        ...(await checkMachine(context)),
      ];
    });
    const problems = findings.filter(({ level }) => level === 'problem').length;
    context.result({ healthy: problems === 0, findings }, () => render(findings, context));
    return problems === 0 ? 0 : PROBLEMS_EXIT;
  },
});

function render(findings: readonly Finding[], { paint, io }: Context): string {
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const width = Math.max(...findings.map(({ check }) => check.length));
  const marks = {
    ok: paint.good('✓'),
    note: paint.faint('·'),
    warning: paint.warn('!'),
    problem: paint.bad('✗'),
  };
  const margin = ' '.repeat(width + 4);
  const column = (text: string) => wrap(text, io.width - margin.length).replaceAll('\n', `\n${margin}`);
  const lines = findings.flatMap(({ check, level, text, fix }) => [
    `${marks[level]} ${paint.strong(check.padEnd(width))}  ${column(text)}`,
    ...(fix === undefined ? [] : [margin + column(`${paint.good('→')} ${fix}`)]),
  ]);
  const verdict = problems === 0 ? paint.good('Healthy.') : paint.bad(`${count(problems, 'problem')}.`);
  return [...lines, '', verdict].join('\n');
}
