import { JsonValue } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { count } from '../../output/text/format.ts';
import { runningHub } from '../../running/with-hub.ts';

export const push = defineCommand({
  name: 'push',
  parent: 'mirror',
  group: 'builds',
  summary: 'Say something to whoever listens to an operation',
  description:
    'Sends a message over every WebSocket, and as a server-sent event to every stream, that is open at an operation of a mirror. What is no JSON is sent as text.',
  arguments: [
    ['<name>', 'A mirror’s or a built server’s name'],
    ['<operation>', 'The operation that is listened to'],
    ['<message>', 'JSON, or text'],
  ],
  examples: [['hub mirror push shop watch_orders \'{"id": 7, "state": "paid"}\'', 'to all who watch orders']],
  input: z.object({ name: z.string(), operation: z.string(), message: z.string() }),
  async run(context, { name, operation, message }) {
    const hub = await runningHub(context);
    const pushed = await hub.mirrors.push(name, { operation, message: readMessage(message) });
    context.result(pushed, () => `Said to ${count(pushed.listeners, 'listener')} of ${operation}.`);
  },
});

function readMessage(text: string): z.infer<typeof JsonValue> {
  try {
    return JsonValue.parse(JSON.parse(text));
  } catch {
    return text;
  }
}
