import type { Era, JsonMembers } from '../../kernel/ports.ts';
import type { Core } from '../core.ts';
import type { Cancel } from '../modern/context.ts';
import { faultAnswer } from '../wire/answer.ts';
import { faultOf } from '../wire/fault.ts';
import { utf8Wire } from '../wire/frame.ts';
import { resultFrame } from '../wire/message.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';

interface Asked {
  readonly idText: string;
  readonly era: Era;
  readonly channel: ReplyChannel;
  /** Called once when nothing more will happen. */
  readonly done: () => void;
}

/** Answers a call with the hub's own result as soon as it is there; cancelled before that, it is not answered. */
export function answerOwn(
  core: Core,
  result: Promise<JsonMembers>,
  { idText, era, channel, done }: Asked,
): Cancel {
  let open = true;
  const end = (finish: () => void): void => {
    if (!open) return;
    open = false;
    done();
    finish();
  };
  result.then(
    (members) => end(() => channel.finish(utf8Wire(resultFrame(idText, resultText(core, members, era))))),
    (thrown: unknown) => {
      const { wire, status } = faultAnswer(faultOf(thrown), idText);
      end(() => channel.finish(wire, status));
    },
  );
  return () => end(() => channel.drop());
}

function resultText(core: Core, members: JsonMembers, era: Era): string {
  const text = JSON.stringify(members);
  return era === 'legacy' ? text : `{"resultType":"complete",${text.slice(1, -1)},"_meta":${core.metaText}}`;
}
