import { describeBreakage } from '../runs/describe-breakage.ts';
import { checkpointFile, readCheckpoint, serializeState, writeCheckpoint } from '../runs/checkpoints.ts';

/** A trial's checkpoints as files. */
export interface CheckpointFiles {
  /** The state that the trial goes on from; `undefined` where it begins. */
  restore(): unknown;
  /** Writes a state and answers its number, one more than the last one's. */
  save(state: unknown): number;
}

/**
 * @param folder absolute path of the folder for checkpoints; made where it is missing.
 * @param trial `<arm>#<seed>`.
 * @param number of the checkpoint to go on from.
 */
export function openCheckpoint(folder: string, trial: string, number: number | undefined): CheckpointFiles {
  let last = number ?? 0;
  return {
    restore() {
      if (number === undefined) return undefined;
      const file = checkpointFile(folder, trial, number);
      try {
        return readCheckpoint(file);
      } catch (error) {
        throw new Error(
          `The checkpoint ${file} cannot be read: ${(error as Error).message} Run the experiment again.`,
          {
            cause: error,
          },
        );
      }
    },
    save(state) {
      const file = checkpointFile(folder, trial, ++last);
      let bytes;
      try {
        bytes = serializeState(state);
      } catch (error) {
        throw new TypeError(
          `checkpoint.save: the state cannot be kept: ${reasonOf(error)} A state may hold numbers, texts, arrays, typed arrays, maps, sets and plain objects; of a tensor save its dataSync().`,
          { cause: error },
        );
      }
      try {
        writeCheckpoint(file, bytes);
      } catch (error) {
        throw new Error(`checkpoint.save: ${describeBreakage(error, folder)}`, { cause: error });
      }
      return last;
    },
  };
}

/** What failed, without the source of a function that the message may quote. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.includes('could not be cloned') ? 'it holds something that is not data.' : text;
}
