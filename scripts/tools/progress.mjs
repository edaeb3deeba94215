/** What the scripts tell while they work: one line when a step starts, one every few seconds, one when it is done. */

const interval = 5000;

/** @param {number} milliseconds @returns {string} `8.2 s` or `3 min 20 s` */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Runs a step and keeps telling that it goes on.
 * @template T
 * @param {string} label what is being done: `Building`
 * @param {(detail: (text: string) => void) => Promise<T>} step told how to say what it is at
 * @returns {Promise<T>}
 */
export async function during(label, step) {
  const started = Date.now();
  let detail = '';
  console.log(`${label} …`);
  const timer = setInterval(() => {
    console.log(`  ${label}: ${duration(Date.now() - started)}${detail ? `, ${detail}` : ''} …`);
  }, interval);
  try {
    const result = await step((text) => {
      detail = text;
    });
    console.log(`  ${label}: done in ${duration(Date.now() - started)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
