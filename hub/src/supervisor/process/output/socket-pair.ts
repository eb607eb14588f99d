import { createRequire } from 'node:module';
import { arch, platform } from 'node:process';

/** What is used of Koffi (https://koffi.dev), which calls functions of C. */
interface Koffi {
  load(library: null): { func(prototype: string): (...args: readonly unknown[]) => number };
}

interface SystemCalls {
  socketpair(domain: number, type: number, protocol: number, pair: number[]): number;
  setsockopt(fd: number, level: number, name: number, value: readonly number[], bytes: number): number;
}

// Of <sys/socket.h> on Linux, where x64 and arm64 have the same (asm-generic).
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;

/** Room for a few results of a megabyte: who writes one goes on at once. The system gives `net.core.wmem_max` at most. */
const WAITING_BYTES = 4 * 1024 * 1024;
const INT_BYTES = 4;

let system: SystemCalls | undefined;
let isKnown = false;

/**
 * File descriptors of two connected sockets, of which the second lets whoever writes to it have a few megabytes waiting (unix(7),
 * socket(7)). Undefined where there can be none: without the library for this machine, or with too many files open.
 */
export function socketPair(): readonly [ours: number, theirs: number] | undefined {
  const calls = known();
  const pair: [number, number] = [-1, -1];
  if (calls?.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) !== 0) return undefined;
  // Where it is refused, the system's own measure does.
  calls.setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, [WAITING_BYTES], INT_BYTES);
  return pair;
}

function known(): SystemCalls | undefined {
  if (isKnown) return system;
  isKnown = true;
  try {
    const koffi = createRequire(import.meta.url)(`@koromix/koffi-${platform}-${arch}`) as Koffi;
    const libc = koffi.load(null);
    system = {
      socketpair: libc.func('int socketpair(int domain, int type, int protocol, _Out_ int *pair)'),
      setsockopt: libc.func('int setsockopt(int fd, int level, int name, const int *value, uint32_t bytes)'),
    };
  } catch {
    system = undefined; // Not installed: it is optional, and exists for some systems only.
  }
  return system;
}
