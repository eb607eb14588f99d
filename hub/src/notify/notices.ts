import type { HubEvent, Notice } from '@counterpart/schemas';

/** What an event is worth telling a person who is elsewhere; undefined for most. Pure. */
export function noticeOf(event: HubEvent): Notice | undefined {
  const { at } = event;
  if (event.kind === 'drift-found') {
    const { server, detail, build } = event;
    const next =
      build === undefined
        ? `hub drift ${server}`
        : `hub builds follow ${build}, then hub builds approve ${build}`;
    const text = `The service of ${server} has changed: ${detail}`;
    return { kind: 'drift', at, server, text, next, ...(build === undefined ? {} : { build }) };
  }
  if (event.kind === 'server-disabled') {
    const { server, detail } = event;
    const text = `${server} was disabled: ${detail}`;
    return { kind: 'server', at, server, text, next: `hub enable ${server}` };
  }
  return event.kind === 'build-changed' ? buildNotice(event) : undefined;
}

type BuildChanged = Extract<HubEvent, { kind: 'build-changed' }>;

function buildNotice({ at, build, state, waitsFor, server, detail = '' }: BuildChanged): Notice | undefined {
  const name = server ?? build;
  const tell = (kind: Notice['kind'], text: string, next: string): Notice => ({
    kind,
    at,
    build,
    text,
    next,
    ...(server === undefined ? {} : { server }),
  });
  if (state === 'waiting' && waitsFor === 'approval')
    return tell('approval', `${name} is built and waits for your decision.`, `hub builds approve ${build}`);
  if (state === 'waiting' && waitsFor === 'secrets')
    return tell('secrets', `${name} is installed and needs a key.`, 'hub secret list');
  if (state === 'waiting' && waitsFor === 'author')
    return tell('question', `The build of ${name} asks its author.`, `hub builds question ${build}`);
  if (state === 'installed') return tell('installed', `${name} is ready.`, `hub inspect ${name}`);
  if (state === 'failed')
    return tell('failed', `The build of ${name} stopped. ${detail}`.trim(), `hub builds show ${build}`);
  return undefined;
}
