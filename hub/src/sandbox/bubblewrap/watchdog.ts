import { readdir, readFile } from 'node:fs/promises';

const PAGE_BYTES = 4_096;
const EVERY_MS = 100;

/**
 * Watches the memory of a process and all below it where no control group can be made, and calls `onExceeded` once when
 * they hold more than `limitBytes` in RAM. Coarser than the kernel's own limit: what is allocated within a tenth of a
 * second is seen late. Answers how to stop watching.
 */
export function watchMemory(pid: number, limitBytes: number, onExceeded: () => void): () => void {
  let stopped = false;
  const look = async (): Promise<void> => {
    const used = await treeBytes(pid);
    if (stopped) return;
    if (used > limitBytes) onExceeded();
    else timer = setTimeout(() => void look(), EVERY_MS);
  };
  let timer = setTimeout(() => void look(), EVERY_MS);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

async function treeBytes(pid: number): Promise<number> {
  const [statm, children] = await Promise.all([read(`/proc/${pid}/statm`), childrenOf(pid)]);
  const below = await Promise.all(children.map(treeBytes));
  const own = Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES;
  return below.reduce((sum, bytes) => sum + bytes, own);
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) => read(`/proc/${pid}/task/${thread}/children`)));
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
