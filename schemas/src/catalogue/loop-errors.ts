import { entry } from './entry.ts';

/** Builds from words: their authors, checks and decisions. */
export const loopErrors = {
  BUILD_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such build',
    message: 'There is no build {build}.',
    fix: '`hub builds list` shows all builds.',
  }),
  BUILD_STATE: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'Not in the state for this',
    message: 'Build {build} is {state}; {detail}.',
    fix: '`hub builds show {build}` says where it stands and what can be done.',
  }),
  BUILD_OUTDATED: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'Something else stands there to be approved',
    message: 'What was decided on is not what build {build} would install now.',
    fix: 'Look at it again (`hub builds show {build}`) and decide on what is shown.',
  }),
  BUILD_CHANGED: entry({
    status: 409,
    rpc: -32603,
    exit: 5,
    title: 'Changed after its approval',
    message: 'The package of build {build} is not the one that was approved: {detail}.',
    fix: '`hub builds retry {build} --from check` makes it and tests it anew, and asks again.',
  }),
  BUILD_UNREPAIRED: entry({
    status: 422,
    rpc: -32603,
    exit: 5,
    title: 'Not right after all repairs',
    message: 'After {rounds} build {build} does not pass: {detail} It is kept in {folder}.',
    fix: '`hub builds show {build}` has the whole report; mend {folder} by hand and `hub build --from-folder {folder}`, or `hub builds retry {build}`.',
  }),
  BUILD_DECLINED: entry({
    status: 422,
    rpc: -32602,
    exit: 5,
    title: 'Nothing to build',
    message: 'Its author would not build this: {detail}',
    fix: 'Say what the tools should do, and for which service or files: `hub build "…"`; `--from` takes a description or an address, `--with` files.',
  }),
  BUILD_UNPLANNED: entry({
    status: 422,
    rpc: -32603,
    exit: 5,
    title: 'No plan',
    message: 'After {rounds} build {build} has no plan: {detail} All of them are kept in {folder}.',
    fix: '`hub builds retry {build}` asks anew, after another model was configured perhaps. By hand: `hub build --author client` asks you instead of a model (`hub builds answer`), `hub build --from <description>` needs no plan, `hub create <name>` begins a server for `hub build --from-folder`, and a connected client gives its own plan with `hub__build_start`.',
  }),
  ANSWER_UNUSABLE: entry({
    status: 422,
    rpc: -32602,
    exit: 5,
    title: 'Nothing can be made of the answer',
    message: 'The author’s answer cannot be used: {detail}',
    fix: 'Answer in the form that the question asks for.',
  }),
} as const;
