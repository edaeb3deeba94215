/** What kept a process from going on with the run in `folder`, and what to do. */
export function describeBreakage(error: unknown, folder: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk of ${folder} is full. What was recorded until then is kept. Make room there and resume the run.`;
    case 'EFBIG':
      return `A file in ${folder} has reached the size that this system allows. What was recorded until then is kept.`;
    case 'EROFS':
      return `The disk of ${folder} takes no writing any more. What was recorded until then is kept. Make it writable and resume the run.`;
    case 'EACCES':
    case 'EPERM':
      return `${folder} may not be written. What was recorded until then is kept. Make it writable and resume the run.`;
    default:
      return `The run's process failed: ${String(error)}`;
  }
}
