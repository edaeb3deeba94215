/** How many times each fault is caused: once among the other tests, as often as `npm run test:faults` says. */
export const times = Number(process.env.MARGINALIA_FAULTS ?? 1);

/** The numbers from 0 up to but without `times`. */
export const rounds: readonly number[] = Array.from({ length: times }, (_, round) => round);
