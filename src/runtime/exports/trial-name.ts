/** The arm and the seed that a trial is named by: `rex#3`. */
export function trialName(trial: string): { readonly arm: string; readonly seed: number } {
  const mark = trial.lastIndexOf('#');
  return mark < 0 ? { arm: trial, seed: NaN } : { arm: trial.slice(0, mark), seed: Number(trial.slice(mark + 1)) };
}
