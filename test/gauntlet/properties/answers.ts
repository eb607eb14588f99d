import { createState } from '@counterpart/scaffolds/mirror/state/store';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import type { JsonObject, Operation } from '@counterpart/schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { programOf, runServer, type Built } from '../built-subject.ts';
import { attempt } from '../referee-calls.ts';
import { sampleArguments } from '../sample-arguments.ts';

/** What tools with an output schema answered, asked as a client asks them. */
export interface Answers {
  /** Calls that were answered without an error. */
  readonly answered: number;
  /** Those whose structured answer is not what the listed schema says, each with the reason. */
  readonly untrue: readonly string[];
}

/** Calls the built server's tools against the mirror of their service and holds each answer against its listed schema. */
export async function judgeAnswers(built: Built, operations: readonly Operation[]): Promise<Answers> {
  const state = createState();
  const mirror = await startMirror(built.blueprint, { state });
  const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false });
  ajvFormats.default(ajv);
  const untrue: string[] = [];
  let answered = 0;
  try {
    await using running = await runServer(programOf(built, mirror.url));
    const wanted = new Set(operations.map(({ name }) => name));
    for (const tool of running.tools.filter(({ name }) => wanted.has(name))) {
      const { outputSchema, name } = tool;
      const input = sampleArguments(tool.inputSchema as JsonObject, { salt: name, optional: false });
      if (outputSchema === undefined || input === undefined) continue;
      state.reset();
      const called = await attempt(running, name, input);
      // The SDK's client itself refuses an answer that is not true to the listed schema: such a call counts.
      const isUntrue = called.isError && /structured content|output schema/i.test(called.text);
      if (called.isError && !isUntrue) continue;
      answered += 1;
      const validate = ajv.compile(outputSchema as JsonObject);
      if (isUntrue) untrue.push(`${name}: ${called.text}`);
      else if (!validate(called.structured)) untrue.push(`${name}: ${ajv.errorsText(validate.errors)}`);
    }
    return { answered, untrue };
  } finally {
    await mirror.close();
  }
}
