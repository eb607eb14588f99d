/** What all test files of a process have in common, part by part. */
type SharedState = ReadonlyMap<string, unknown>;

/** What tests, or what they run, could replace for all code after them. */
const OBJECTS = { globalThis, JSON, Math, Reflect, Intl };
const CLASSES: readonly { readonly name: string; readonly prototype: object }[] = [
  Object,
  Array,
  Function,
  String,
  Number,
  BigInt,
  Symbol,
  RegExp,
  Date,
  Error,
  Promise,
  Map,
  Set,
  WeakMap,
  Uint8Array,
  ArrayBuffer,
  URL,
  Buffer,
];

/** Made once, when a library is first loaded or used, and the same for whoever asks. */
const OF_LIBRARIES =
  /^globalThis\.(?:__zod_global(?:Config|Registry)|Symbol\(undici\.globalDispatcher\.\d\))$/;

export function sharedState(): SharedState {
  const state = new Map<string, unknown>([
    ['the working directory', process.cwd()],
    ['process.exitCode', process.exitCode],
    ['process.title', process.title],
    ['process.umask', process.umask()],
  ]);
  for (const [name, value] of Object.entries(process.env)) state.set(`the variable ${name}`, value);
  for (const name of process.eventNames())
    for (const [at, listener] of process.listeners(name as NodeJS.Signals).entries())
      state.set(`listener ${at + 1} of process for ${String(name)}`, listener);
  for (const [name, object] of Object.entries(OBJECTS)) addMembers(state, name, object);
  for (const made of CLASSES) {
    addMembers(state, made.name, made);
    addMembers(state, `${made.name}.prototype`, made.prototype);
  }
  return state;
}

function addMembers(state: Map<string, unknown>, holder: string, object: object): void {
  for (const key of Reflect.ownKeys(object)) {
    const property = Reflect.getOwnPropertyDescriptor(object, key);
    state.set(`${holder}.${String(key)}`, property?.get ?? property?.value);
  }
}

/** Names of what is not as it was. Values stay untold: variables may hold secrets. */
export function changedSince(before: SharedState): string[] {
  const now = sharedState();
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (name) =>
      !OF_LIBRARIES.test(name) &&
      (before.has(name) !== now.has(name) || !Object.is(before.get(name), now.get(name))),
  );
}
