/** How often a process looks whether its parent is still the same, in milliseconds. */
const interval = 500;

/**
 * Calls `onGone` once when whoever started this process has gone away.
 *
 * @param sign `input`: the starter holds the other end of standard input; `parent`: it is the parent process.
 */
export function watchStarter(sign: 'input' | 'parent', onGone: () => void): { dispose(): void } {
  if (sign === 'input') {
    process.stdin.once('close', onGone).on('error', onGone).resume();
    return {
      dispose() {
        process.stdin.off('close', onGone).off('error', onGone).pause();
      },
    };
  }
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, interval);
  return {
    dispose() {
      clearInterval(timer);
    },
  };
}
