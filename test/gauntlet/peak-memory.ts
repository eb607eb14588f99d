import { readFileSync } from 'node:fs';

/** Most resident memory a process has had so far, in megabytes; 0 when it is gone or the system has no `/proc`. */
export function peakMegabytes(pid: number | null | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Looks at a process until it is stopped: its peak cannot be read once it has ended. */
export function watchPeak(pid: number | undefined): { stop(): number } {
  let peak = 0;
  const look = (): void => void (peak = Math.max(peak, peakMegabytes(pid)));
  const timer = setInterval(look, 50);
  return {
    stop() {
      look();
      clearInterval(timer);
      return peak;
    },
  };
}
