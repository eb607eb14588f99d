const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'that is not permitted',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder',
  EMFILE: 'this process has as many files open as it may (`ulimit -n`)',
  ENFILE: 'the system has as many files open as it may',
  ENOENT: 'there is no such folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'that is not permitted',
  EROFS: 'the disk can only be read',
};

/** Why the system refused a path, in words where there are some. */
export function systemReason(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
