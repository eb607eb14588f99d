import { z } from 'zod';

/** One finding in code, where it stands and what to do: for people, and for a model that mends it. */
export const Diagnostic = z.strictObject({
  file: z.string().describe("Relative to the server's folder, with forward slashes."),
  line: z.int().min(1),
  column: z.int().min(1),
  rule: z.string().describe('Name of the rule, as docs/checks.md lists it.'),
  severity: z.enum(['error', 'warning']).describe('Code with an error is not run.'),
  message: z.string().describe('What is wrong.'),
  fix: z.string().describe('What to write instead.'),
});
export type Diagnostic = z.infer<typeof Diagnostic>;
