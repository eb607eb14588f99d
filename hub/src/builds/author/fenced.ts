/** A fenced block of an answer in Markdown. */
export interface FencedBlock {
  readonly language: string;
  /** A path that the fence, or the line before it, names. */
  readonly path: string | undefined;
  readonly text: string;
}

const FENCE = /^(?<mark>`{3,}|~{3,})[ \t]*(?<info>[^\n`]*)$/;
/** A path as models name it: in the fence, as a heading, in bold or in backticks, or as a first comment. */
const PATH = /(?<path>(?:[\w.-]+\/)*[\w.-]+\.(?:ts|tsx|js|mjs|json|ya?ml|md))/;

/** All fenced blocks of a text; one that is not closed ends with it. */
export function readFencedBlocks(text: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  const lines = text.split(/\r?\n/);
  let before = '';
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const open = FENCE.exec(line.trim())?.groups;
    if (open === undefined) {
      if (line.trim() !== '') before = line;
      continue;
    }
    const inside: string[] = [];
    const close = new RegExp(`^${(open['mark'] ?? '')[0]}{${open['mark']?.length ?? 3},}$`);
    for (at += 1; at < lines.length && !close.test((lines[at] ?? '').trim()); at += 1)
      inside.push(lines[at] ?? '');
    const info = open['info']?.trim() ?? '';
    blocks.push({
      language: languageOf(info),
      path: pathOf(info, before, inside[0]),
      text: `${inside.join('\n')}\n`,
    });
    before = '';
  }
  return blocks;
}

const languageOf = (info: string): string => /^[\w+-]*/.exec(info)?.[0].toLowerCase() ?? '';

function pathOf(info: string, before: string, first: string | undefined): string | undefined {
  const ofInfo = PATH.exec(info.replace(/^[\w+-]+(?=\s)/, ''))?.groups?.['path'];
  if (ofInfo !== undefined) return ofInfo;
  const heading = /^(?:#+|\*\*|`|-|\d+\.|File:?|Path:?)\s*/i.test(before.trim()) || /:\s*$/.test(before);
  const ofHeading = heading ? PATH.exec(before)?.groups?.['path'] : undefined;
  if (ofHeading !== undefined) return ofHeading;
  return /^\s*(?:\/\/|#)\s*\S+\s*$/.test(first ?? '') ? PATH.exec(first ?? '')?.groups?.['path'] : undefined;
}
