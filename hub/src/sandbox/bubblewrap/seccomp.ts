import { endianness } from 'node:os';

/**
 * System calls that neither Node nor a test needs and that have opened sandboxes before: mounts, modules, keys, tracing,
 * other processes' memory, rings that go around filters, clocks. A refused call answers EPERM.
 * Numbers: the kernel's tables for x86-64 and for the generic table that arm64 uses; from 424 on they are the same.
 */
const REFUSED: Readonly<Record<string, readonly [x64: number, arm64: number]>> = {
  acct: [163, 89],
  add_key: [248, 217],
  adjtimex: [159, 171],
  bpf: [321, 280],
  chroot: [161, 51],
  clock_settime: [227, 112],
  delete_module: [176, 106],
  finit_module: [313, 273],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  init_module: [175, 105],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  io_uring_setup: [425, 425],
  kcmp: [312, 272],
  kexec_file_load: [320, 294],
  kexec_load: [246, 104],
  keyctl: [250, 219],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  open_tree: [428, 428],
  perf_event_open: [298, 241],
  pidfd_getfd: [438, 438],
  pivot_root: [155, 41],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  ptrace: [101, 117],
  quotactl: [179, 60],
  reboot: [169, 142],
  request_key: [249, 218],
  setdomainname: [171, 162],
  sethostname: [170, 161],
  setns: [308, 268],
  settimeofday: [164, 170],
  swapoff: [168, 225],
  swapon: [167, 224],
  syslog: [103, 116],
  umount2: [166, 39],
  unshare: [272, 97],
  userfaultfd: [323, 282],
};

/**
 * System calls that may give a file a mode, and the argument where the mode stands. A file that is written in a folder of
 * the machine belongs to the hub's user there: with the set-user-ID bit whoever runs it outside would be that user.
 */
const SETS_MODE: readonly {
  readonly numbers: readonly [x64: number | undefined, arm64: number | undefined];
  readonly mode: number;
  /** Where its flags stand, for a call that has a mode only when it makes a file. */
  readonly flags?: number;
}[] = [
  { numbers: [2, undefined], mode: 2, flags: 1 }, // open
  { numbers: [257, 56], mode: 3, flags: 2 }, // openat
  { numbers: [85, undefined], mode: 1 }, // creat
  { numbers: [90, undefined], mode: 1 }, // chmod
  { numbers: [91, 52], mode: 1 }, // fchmod
  { numbers: [268, 53], mode: 2 }, // fchmodat
  { numbers: [452, 452], mode: 2 }, // fchmodat2
  { numbers: [133, undefined], mode: 1 }, // mknod
  { numbers: [259, 33], mode: 2 }, // mknodat
];
/** Its mode stands in memory, where no filter looks: a kernel without it is what programs are prepared for. */
const OPENAT2 = 437;
/** S_ISUID and S_ISGID. */
const SET_ID_BITS = 0o6000;
/** O_CREAT and what makes O_TMPFILE. */
const MAKES_FILE = 0o20000100;

/** Values of `AUDIT_ARCH_*` in the kernel's audit.h. */
const ARCHITECTURES: Readonly<Record<string, { readonly audit: number; readonly column: 0 | 1 }>> = {
  x64: { audit: 0xc000003e, column: 0 },
  arm64: { audit: 0xc00000b7, column: 1 },
};

// Classic BPF as seccomp(2) takes it: the call's number stands at offset 0 of its data, the architecture at 4, arguments from 16.
const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const REFUSE = 0x00050001; // SECCOMP_RET_ERRNO with EPERM
const UNKNOWN = 0x00050026; // with ENOSYS
const KILL = 0x80000000;
/** From here on numbers are those of the x32 ABI, which would go around the list. */
const X32_BIT = 0x40000000;
const INSTRUCTION_BYTES = 8;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** The low half of an argument: all of a mode and of flags, which are 32 bits. */
const loadArgument = (at: number): Instruction => [LOAD_WORD, 0, 0, 16 + 8 * at];
const answer = (number: number, verdict: number): Instruction[] => [
  [JUMP_EQUAL, 0, 1, number],
  [RETURN, 0, 0, verdict],
];

function refuseSetId(number: number, { mode, flags }: (typeof SETS_MODE)[number]): Instruction[] {
  const judged: Instruction[] = [
    ...(flags === undefined
      ? []
      : ([loadArgument(flags), [JUMP_ANY_BIT, 1, 0, MAKES_FILE], [RETURN, 0, 0, ALLOW]] as const)),
    loadArgument(mode),
    [JUMP_ANY_BIT, 0, 1, SET_ID_BITS],
    [RETURN, 0, 0, REFUSE],
    [RETURN, 0, 0, ALLOW],
  ];
  return [[JUMP_EQUAL, 0, judged.length, number], ...judged];
}

/** The filter for bubblewrap's `--seccomp`; undefined on an architecture without a table. */
export function seccompFilter(architecture: string): Buffer | undefined {
  const known = ARCHITECTURES[architecture];
  if (known === undefined || endianness() !== 'LE') return undefined;
  const { audit, column } = known;
  const program: Instruction[] = [
    [LOAD_WORD, 0, 0, 4],
    [JUMP_EQUAL, 1, 0, audit],
    [RETURN, 0, 0, KILL],
    [LOAD_WORD, 0, 0, 0],
    [JUMP_AT_LEAST, 0, 1, X32_BIT],
    [RETURN, 0, 0, REFUSE],
    ...Object.values(REFUSED).flatMap((columns) => answer(columns[column], REFUSE)),
    ...answer(OPENAT2, UNKNOWN),
    ...SETS_MODE.flatMap((call) => {
      const number = call.numbers[column];
      return number === undefined ? [] : refuseSetId(number, call);
    }),
    [RETURN, 0, 0, ALLOW],
  ];
  const bytes = Buffer.alloc(program.length * INSTRUCTION_BYTES);
  for (const [at, [code, ifTrue, ifFalse, value]] of program.entries()) {
    const offset = at * INSTRUCTION_BYTES;
    bytes.writeUInt16LE(code, offset);
    bytes.writeUInt8(ifTrue, offset + 2);
    bytes.writeUInt8(ifFalse, offset + 3);
    bytes.writeUInt32LE(value, offset + 4);
  }
  return bytes;
}
