/** Thrown by `log` when the run is to stop: leaves the trial's function from wherever it is. */
export class StopSignal extends Error {
  override readonly name = 'StopSignal';

  constructor() {
    super('The run is being stopped.');
  }
}
