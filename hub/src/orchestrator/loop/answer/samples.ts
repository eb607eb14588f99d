import { agreementOf } from '../../routing/learn/agreement.ts';
import type { GenerationRequest, RouteDecision, RunEvent } from '../../../kernel/ports.ts';
import { askModel, type Asking, type Turn } from './ask-model.ts';

/** Samples differ only where chance has a part in them. */
const SAMPLE_TEMPERATURE = 0.7;

/** The answer that most samples give, and how many of them do; a sample that calls tools is gone on with instead. */
export async function askSamples(
  request: GenerationRequest,
  decision: RouteDecision,
  { samples, minAgreement, asking }: { samples: number; minAgreement: number; asking: Asking },
): Promise<{ readonly turn: Turn; readonly agreement?: number | undefined }> {
  const { room, emit } = asking;
  // Nobody is shown an answer that may not be the one.
  const quiet: Asking = { ...asking, emit: (event) => passRoute(event, emit) };
  const warm = { temperature: SAMPLE_TEMPERATURE, ...request, isWhole: true };
  const turns = await Promise.all(Array.from({ length: samples }, () => askModel(warm, decision, quiet)));
  const calling = turns.find(({ calls, held }) => calls.length > 0 || held !== '');
  if (calling) return { turn: shown(calling, emit) };
  const { agreement, chosen } = agreementOf(turns.map(({ text }) => text));
  const higher = agreement < minAgreement ? room.router.escalate(decision, 'low-consistency') : undefined;
  if (higher) {
    emit({ type: 'routed', decision: higher });
    return { turn: await askModel(request, higher, asking), agreement };
  }
  const [first] = turns;
  const turn = turns[chosen] ?? first;
  if (turn === undefined) throw new Error('no sample was asked for');
  return { turn: shown(turn, emit), agreement };
}

function passRoute(event: RunEvent, emit: (event: RunEvent) => void): void {
  if (event.type === 'routed') emit(event);
}

function shown(turn: Turn, emit: (event: RunEvent) => void): Turn {
  if (turn.text !== '') emit({ type: 'text', delta: turn.text });
  return turn;
}
