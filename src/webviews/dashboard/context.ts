import type { FromDashboard } from '../messages.ts';
import type { Theme } from '../theme.ts';
import type { ArmStyle } from './arm-style.ts';
import type { RunArm, RunModel } from './run-model.ts';
import type { UiState } from './ui-state.ts';

/** What every part of the dashboard reads and may ask for. The parts hold no state of the run themselves. */
export interface DashboardContext {
  readonly model: RunModel;
  readonly arms: readonly RunArm[];
  readonly theme: Theme;
  readonly styles: ReadonlyMap<string, ArmStyle>;
  readonly ui: UiState;
  /** Changes how the view is left, persists it and draws again. */
  changeUi(change: Partial<UiState>): void;
  post(message: FromDashboard): void;
  /** Tells a screen reader of an event, or answers what a person did. */
  say(text: string): void;
  answer(text: string): void;
}
