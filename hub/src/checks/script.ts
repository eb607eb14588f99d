import { parse, type ecmaVersion } from 'acorn';
import { z } from 'zod';

/** Where a script stops making sense. */
interface ScriptProblem {
  /** Offset in the text. */
  readonly at: number;
  readonly message: string;
}

const Refusal = z.object({ message: z.string(), pos: z.int() });

/** What is wrong in the writing of a script of this edition of JavaScript, which is read and not run. */
export function scriptProblem(text: string, edition: ecmaVersion): ScriptProblem | undefined {
  try {
    parse(text, { ecmaVersion: edition, sourceType: 'script' });
    return undefined;
  } catch (thrown) {
    const refusal = Refusal.safeParse(thrown).data;
    // Of nesting that this parser has no stack for nothing can be said.
    if (refusal === undefined || refusal.message.startsWith('Not enough stack')) return undefined;
    return { at: refusal.pos, message: refusal.message.replace(/ \(\d+:\d+\)$/, '') };
  }
}
