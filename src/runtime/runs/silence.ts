/** How often is looked whether something has come, in milliseconds; a recorder says about every second that it goes on. */
const interval = 1000;
/** For so many looks a process may say nothing. */
const patience = 5;

/** How a job stood to its limit when its process last said something. */
export interface Standing {
  /** For how long the job has taken, pauses left out. */
  readonly seconds: number;
  /** How long it may take, in seconds; 0 for no limit. */
  readonly limit: number;
}

export interface SilenceOptions {
  /** Called once a job where the process has said nothing for some seconds. */
  readonly onSilent: () => void;
  /** Called when a job has passed its limit while its process said nothing. */
  readonly onLimit: (standing: Standing) => void;
  /** For tests: milliseconds between two looks, which stand for a second. */
  readonly interval?: number;
}

/** A watch over a process that does jobs. */
export interface SilenceWatch {
  /** A job begins. */
  begin(): void;
  /** Something has come from the process. */
  heard(): void;
  /** The process has said how its job stands. */
  stands(standing: Standing): void;
  /** The job is over. */
  end(): void;
}

/**
 * Notices that a process says nothing any more, because it was stopped from outside or gets no processor time, and keeps the
 * time of its job meanwhile. Counts looks instead of time: a machine that slept has slept for both, and is no silence.
 */
export function watchSilence({ onSilent, onLimit, interval: milliseconds = interval }: SilenceOptions): SilenceWatch {
  let timer: NodeJS.Timeout | undefined;
  let looks = 0;
  let told = false;
  let last: Standing | undefined;

  function look(): void {
    // A process that comes up is given all the time that it needs.
    if (last === undefined || ++looks < patience) return;
    if (!told) onSilent();
    told = true;
    const standing = { seconds: last.seconds + looks, limit: last.limit };
    if (standing.limit === 0 || standing.seconds <= standing.limit) return;
    clearInterval(timer);
    onLimit(standing);
  }

  return {
    begin() {
      [looks, told, last] = [0, false, undefined];
      timer = setInterval(look, milliseconds);
    },
    heard() {
      looks = 0;
    },
    stands(standing) {
      last = standing;
    },
    end() {
      clearInterval(timer);
    },
  };
}
