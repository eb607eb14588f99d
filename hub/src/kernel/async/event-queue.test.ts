import { expect, test } from 'vitest';
import { hear, listenTo, type Telling } from './event-queue.ts';

test('events are read in order, those of one go together, and then the end', async () => {
  const read: number[] = [];
  const told = listenTo<number>(async (tell) => {
    tell(1);
    tell(2);
    await Promise.resolve();
    tell(3);
  });
  for await (const event of told) read.push(event);
  expect(read).toEqual([1, 2, 3]);
});

test('what was told before a failure is read before it', async () => {
  const read: number[] = [];
  const told = listenTo<number>(async (tell) => {
    tell(1);
    throw new Error('broken');
  });
  await expect(async () => {
    for await (const event of told) read.push(event);
  }).rejects.toThrow('broken');
  expect(read).toEqual([1]);
});

test('a reader that stops ends the telling and waits for its end; nothing begins before the first read', async () => {
  const steps: string[] = [];
  const told = listenTo<number>(async (tell, left) => {
    steps.push('begun');
    tell(1);
    await new Promise((resolve) => left.addEventListener('abort', resolve));
    await Promise.resolve();
    tell(2);
    steps.push('ended');
    throw new Error('nobody hears it');
  });
  expect(steps).toEqual([]);
  for await (const event of told) {
    steps.push(`read ${event}`);
    break;
  }
  expect(steps).toEqual(['begun', 'read 1', 'ended']);
});

test('an asker that aborts ends the telling, and the reader hears why', async () => {
  const asker = new AbortController();
  const told = listenTo<number>(async (tell, stop) => {
    tell(1);
    await new Promise((resolve) => stop.addEventListener('abort', resolve));
    throw stop.reason;
  }, asker.signal);
  await expect(async () => {
    for await (const event of told) asker.abort(new Error(`enough after ${event}`));
  }).rejects.toThrow('enough after 1');
});

/** A telling that is led from outside. */
function led() {
  let tell: (event: number) => void = () => undefined;
  const ended = Promise.withResolvers<void>();
  const stop = Promise.withResolvers<AbortSignal>();
  const telling: Telling<number> = async (given, signal) => {
    tell = given;
    stop.resolve(signal);
    await ended.promise;
  };
  return {
    telling,
    tell: (event: number) => tell(event),
    end: ended.resolve,
    fail: ended.reject,
    stop: stop.promise,
  };
}

test('what is heard is taken in the turn in which it is told', async () => {
  const taken: number[] = [];
  const { telling, tell, end } = led();
  const hearing = hear(listenTo(telling), (event) => void taken.push(event));
  tell(1);
  tell(2);
  expect(taken).toEqual([1, 2]);
  end();
  await hearing;
  const others = (async function* () {
    yield* [3, 4];
  })();
  await hear(others, (event) => void taken.push(event));
  expect(taken).toEqual([1, 2, 3, 4]);
});

test('who rests is waited for, also at the end, and then goes on in order', async () => {
  const taken: number[] = [];
  const { telling, tell, end } = led();
  const rested = Promise.withResolvers<void>();
  const hearing = hear(listenTo(telling), (event) => {
    taken.push(event);
    return event === 1 ? rested.promise : event === 3 ? Promise.resolve() : undefined;
  });
  for (const event of [1, 2, 3, 4]) tell(event);
  end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(taken).toEqual([1]);
  rested.resolve();
  await hearing;
  expect(taken).toEqual([1, 2, 3, 4]);
});

test.each(['at once', 'later'])(
  'who fails to take an event %s ends the telling, and is told why',
  async (when) => {
    const taken: number[] = [];
    const { telling, tell, fail, stop } = led();
    const hearing = hear(listenTo(telling), (event) => {
      taken.push(event);
      const cause = new Error(`not taken ${when}`);
      if (when === 'at once') throw cause;
      return Promise.reject(cause);
    });
    const signal = await stop;
    signal.addEventListener('abort', () => fail(new Error('nobody hears it')));
    tell(1);
    tell(2);
    await expect(hearing).rejects.toThrow(`not taken ${when}`);
    expect([taken, signal.aborted]).toEqual([[1], true]);
  },
);

test('a telling that fails is heard to its end, and an asker that aborts ends it', async () => {
  const taken: number[] = [];
  const asker = new AbortController();
  const { telling, tell, fail, stop } = led();
  const hearing = hear(listenTo(telling, asker.signal), (event) => {
    taken.push(event);
    return event === 1 ? Promise.resolve() : undefined;
  });
  const signal = await stop;
  signal.addEventListener('abort', () => fail(signal.reason));
  tell(1);
  tell(2);
  asker.abort(new Error('enough'));
  await expect(hearing).rejects.toThrow('enough');
  expect(taken).toEqual([1, 2]);
});
