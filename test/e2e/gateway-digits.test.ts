import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually, fixtureServer, HUB_PROGRAM, makeHome } from '../fixtures/hub.ts';

/** The first whole number that a double does not hold. */
const N = '9007199254740993';
const META = 'io.modelcontextprotocol/';

let place: ReturnType<typeof makeHome>;
let hub: ChildProcess;

afterEach(async () => {
  hub.stdin?.end();
  await new Promise((resolve) => hub.once('close', resolve));
  place.remove();
});

/** A client that writes and reads lines as they are: a parser would round what this is about. */
function client(era: string): {
  say: (line: string) => void;
  heard: (...marks: string[]) => Promise<string>;
} {
  const server = fixtureServer('digits');
  place = makeHome({
    mcpServers: { digits: { ...server, args: [...server.args, era], isolation: 'session' } },
  });
  hub = spawn(process.execPath, [HUB_PROGRAM, 'stdio', '--alone', '--home', place.home], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines: string[] = [];
  if (hub.stdout) createInterface({ input: hub.stdout }).on('line', (line) => lines.push(line));
  const found = (marks: string[]): string | undefined =>
    lines.find((line) => marks.every((mark) => line.includes(mark)));
  return {
    say: (line) => void hub.stdin?.write(`${line}\n`),
    heard: async (...marks) => {
      await eventually(() => found(marks) !== undefined);
      return found(marks) ?? '';
    },
  };
}

const call = (id: string, more: string, meta: string): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"digits__ask","arguments":{"n":${N}},"own":${N}${more},` +
  `"_meta":{"vendor/n":${N},"progressToken":${N}${meta}}}}`;
const heardAll = `{"n":${N},"args":{"n":${N}},"answer":{"action":"accept","content":{"n":${N}}},"vendor":${N},"own":${N}}`;

describe.each(['modern', 'legacy'])('a number that no double holds, in front of a %s server,', (era) => {
  test('keeps its digits on every way of a client of before: questions, answers, news, errors, ids', async () => {
    const { say, heard } = client(era);
    say(
      '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}',
    );
    await heard('"id":0');
    say('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    say(call(N, '', ''));
    const question = await heard('elicitation/create', `"default":${N}`);
    const id = /"id":("[^"]+"|\d+)/.exec(question)?.[1];
    const [, token] = /"progressToken":("[^"]+"|\d+)/.exec(question) ?? [];
    say(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":${N}}}`,
    );
    say(`{"jsonrpc":"2.0","id":${id},"result":{"action":"accept","content":{"n":${N}}}}`);
    await heard('notifications/progress', `"progressToken":${N}`, `"progress":${N}`, `"total":${N}`);
    await heard('notifications/message', `"data":{"n":${N}}`);
    await heard('notifications/vendor/number', `"params":{"n":${N}}`);
    // A modern server asks in its answer, and hears nothing until it is asked again.
    const news = era === 'modern' ? '' : `,"news":{"progressToken":${N},"progress":${N}}`;
    expect(await heard(`"id":${N}`, '"error"')).toContain(`"data":${heardAll.slice(0, -1)}${news}}`);
  });

  test('keeps them on every way of a modern client', async () => {
    const { say, heard } = client(era);
    const meta = `,"${META}protocolVersion":"2026-07-28","${META}clientCapabilities":{"elicitation":{}},"${META}logLevel":"info"`;
    say(call('"first"', '', meta));
    const asked = await heard('"input_required"', `"default":${N}`);
    const [, key] = /"inputRequests":\{"([^"]+)"/.exec(asked) ?? [];
    const [, state] = /"requestState":"([^"]+)"/.exec(asked) ?? [];
    const answers = `{"${key}":{"action":"accept","content":{"n":${N}}}}`;
    say(call(N, `,"inputResponses":${answers},"requestState":"${state}"`, meta));
    await heard('notifications/progress', `"progressToken":${N}`, `"progress":${N}`, `"total":${N}`);
    await heard('notifications/message', `"data":{"n":${N}}`);
    expect(await heard(`"id":${N}`, '"error"')).toContain(`"data":${heardAll}`);
  });
});

test('a call and a subscription are found by an id that no double holds', async () => {
  const { say, heard } = client('legacy');
  const meta = `"_meta":{"${META}protocolVersion":"2026-07-28","${META}clientCapabilities":{}}`;
  say(
    `{"jsonrpc":"2.0","id":${N},"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},${meta}}}`,
  );
  await heard('subscriptions/acknowledged', `"${META}subscriptionId":${N}`);
  say(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${N}}}`);
  say(`{"jsonrpc":"2.0","id":${N},"method":"server/discover","params":{${meta}}}`);
  expect(await heard(`"id":${N}`)).toContain('"supportedVersions"');
});
