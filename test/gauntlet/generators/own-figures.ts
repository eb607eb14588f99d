/** Columns of our own report that other generators are measured by too. */
export const FIGURES = [
  'description',
  'tools',
  'valid names',
  'schemas that compile',
  'strict schemas',
  'output schema',
  'described inputs',
  'calls taken',
  'true answers of tools',
  'build',
  'first list',
  'tokens of the list',
] as const;

/** A row of a report: the text of each figure. */
export type Figures = Readonly<Record<(typeof FIGURES)[number], string>>;

/** Our figures of each description, as the gauntlet's report has them: they are not measured a second time. */
export function ownFigures(report: string): (Figures & { readonly operations: string })[] {
  const lines = report.split('\n');
  const start = lines.findIndex((text) => text.startsWith('| description |'));
  if (start === -1) throw new Error('the report has no table of descriptions');
  const titles = cellsOf(lines[start] ?? '');
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((text) => !text.startsWith('|'));
  return rows.slice(0, end === -1 ? undefined : end).map((text) => {
    const cells = cellsOf(text);
    const figure = (title: string): string => {
      const at = titles.indexOf(title);
      if (at === -1) throw new Error(`the report has no column "${title}"`);
      return cells[at] ?? '–';
    };
    // What compiles in ajv's strict mode compiles without it: our report counts the former alone.
    const titleOf = (title: string): string => (title === 'schemas that compile' ? 'strict schemas' : title);
    const figures = Object.fromEntries(FIGURES.map((title) => [title, figure(titleOf(title))])) as Figures;
    return { ...figures, operations: figure('operations') };
  });
}

const cellsOf = (text: string): string[] =>
  text
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
