import type { Era, JsonMembers, ProgressToken } from '../../kernel/ports.ts';
import type { Core } from '../core.ts';
import type { Cancel } from '../modern/context.ts';
import { faultAnswer } from '../wire/answer.ts';
import { faultOf } from '../wire/fault.ts';
import { utf8Wire } from '../wire/frame.ts';
import { notificationFrame, resultFrame } from '../wire/message.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';
import type { OwnAsked, OwnTool } from './own-tool.ts';

interface Asked extends Pick<OwnAsked, 'selector' | 'caller' | 'client' | 'ask'> {
  readonly idText: string;
  readonly progressToken: ProgressToken | undefined;
  readonly channel: ReplyChannel;
  /** Called once when nothing more will happen. */
  readonly done: () => void;
}

/** Answers a call of one of the hub's own tools when its result is there; cancelled before that, it is not answered. */
export function answerOwn(core: Core, tool: OwnTool, asked: Asked): Cancel {
  const { idText, caller, channel, done, progressToken } = asked;
  const abort = new AbortController();
  let open = true;
  const end = (finish: () => void): void => {
    if (!open) return;
    open = false;
    done();
    finish();
  };
  const progress = (count: number, message: string): void => {
    if (!open || progressToken === undefined) return;
    channel.send(notificationFrame('notifications/progress', { progressToken, progress: count, message }));
  };
  tool({ ...asked, core, signal: abort.signal, progress }).then(
    (result) =>
      end(() => channel.finish(utf8Wire(resultFrame(idText, resultText(core, result, caller.era))))),
    (thrown: unknown) => {
      const { wire, status } = faultAnswer(faultOf(thrown), idText);
      end(() => channel.finish(wire, status));
    },
  );
  return (reason) =>
    end(() => {
      abort.abort(reason);
      channel.drop();
    });
}

function resultText(core: Core, members: JsonMembers, era: Era): string {
  const text = JSON.stringify(members);
  return era === 'legacy' ? text : `{"resultType":"complete",${text.slice(1, -1)},"_meta":${core.metaText}}`;
}
