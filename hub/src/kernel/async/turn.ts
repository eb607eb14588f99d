import { linger } from './linger.ts';

/**
 * Small writes of one turn leave as one. A turn is what one piece of input causes: its reader says where it ends. What is caused
 * by anything else, such as one of many connections, waits for the end of the event loop's turn, so that their writes are joined
 * as well.
 */
let due: (() => void)[] = [];
let depth = 0;
/** Something of what is due goes to whoever may answer at once. */
let awaitsAnswer = false;

/** Runs a task at the end of the turn; whoever gives one gives it once a turn. */
export function atEndOfTurn(task: () => void): void {
  if (due.length === 0 && depth === 0) {
    linger.found();
    setImmediate(finish);
  }
  awaitsAnswer = true;
  due.push(task);
}

/** As `atEndOfTurn`, but what nothing of that kind causes waits for promises only, and for no other connection. */
export function soon(task: () => void): void {
  if (depth > 0) due.push(task);
  else process.nextTick(task);
}

/** Does what one piece of input causes, and then all that was left for the end of the turn. */
export function inOneTurn<T>(work: (input: T) => void, input: T): void {
  if (depth === 0) linger.found();
  depth += 1;
  try {
    work(input);
  } finally {
    depth -= 1;
    if (depth === 0 && due.length > 0) finish();
  }
}

/** Each task belongs to another connection, and must not be lost because one before it failed. */
function finish(): void {
  if (awaitsAnswer) linger.begin();
  awaitsAnswer = false;
  const tasks = due;
  due = [];
  const failures: unknown[] = [];
  for (const task of tasks) {
    try {
      task();
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, 'not everything could be done at the end of a turn');
}
