import { hubError } from '@counterpart/schemas';
import { hubTools } from '../../kernel/tools/hub-tools.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import { misfit, refused, textResult, type OwnCall } from '../own/own-tool.ts';
import { CHARS_PER_TOKEN } from './fit-result.ts';
import { pageOf, type Page } from './page.ts';
import { findLines, pointTo } from './search-result.ts';

const used = hubTools.readResult;

/** Reads a call of `read_result`: a page of what was left out of an earlier answer, or what a query finds in it. */
export function readTool({ id, offset = 0, query }: JsonMembers, tokens: number): OwnCall {
  if (typeof id !== 'string') return misfit(used, 'id must be a string, as the cut result named it');
  if (typeof offset !== 'number' || !Number.isInteger(offset) || offset < 0)
    return misfit(used, 'offset must be a whole number, as the cut result named it');
  if (query !== undefined && typeof query !== 'string') return misfit(used, 'query must be text');
  return {
    kind: 'own',
    answer: ({ core, client }) => {
      const whole = core.results.read(client, id);
      if (whole === undefined) return Promise.resolve(refused(hubError('RESULT_GONE', { id })));
      return Promise.resolve(pageResult(whole, { offset, query, most: tokens * CHARS_PER_TOKEN }));
    },
  };
}

interface Wanted {
  readonly offset: number;
  readonly query: string | undefined;
  readonly most: number;
}

function pageResult(whole: string, { offset, query = '', most }: Wanted): JsonMembers {
  const found = query.startsWith('/')
    ? pointTo(whole, query, offset, most)
    : query === ''
      ? pageOf(whole, offset, most)
      : findLines(whole, query, offset, most);
  if (typeof found === 'string') return refused(hubError('ARGUMENTS_INVALID', { tool: used, detail: found }));
  return textResult(found.text, noteOn(found, query, whole));
}

function noteOn({ text, next }: Page, query: string, whole: string): string {
  if (next !== undefined)
    return `[There is more: read on with offset ${next} and the same id${query === '' ? '' : ' and query'}.]`;
  if (text === '')
    return query === '' ? `[Nothing there: the whole is ${whole.length} characters.]` : '[Nothing found.]';
  return '[This was the last of it.]';
}
