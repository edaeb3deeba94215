import { logistic } from './logits.ts';
import { addAlong, logitGradient, sumAlong, type TokenResponse, type TokenTable } from './token-mdp.ts';

/** Two responses that were compared. */
export interface ResponsePair {
  readonly win: TokenResponse;
  readonly lose: TokenResponse;
}

/**
 * Gradient with respect to a policy's logits of the DPO loss (Rafailov et al., 2023): the mean over pairs of
 * -log sigma(beta * (the winner's log-ratio to the reference - the loser's)).
 *
 * @param logPolicy log-probabilities of the policy, `logReference` of the reference.
 * @param beta over the length of the responses for the loss that is normalised by length.
 */
export function dpoGradient(
  table: TokenTable,
  logPolicy: Float64Array,
  logReference: Float64Array,
  pairs: readonly ResponsePair[],
  beta: number,
): Float64Array {
  const ratio = (response: TokenResponse) => sumAlong(logPolicy, response) - sumAlong(logReference, response);
  const weights = new Float64Array(table.size);
  for (const { win, lose } of pairs) {
    const push = (beta * logistic(beta * (ratio(lose) - ratio(win)))) / pairs.length;
    addAlong(weights, win, -push);
    addAlong(weights, lose, push);
  }
  return logitGradient(table, logPolicy, weights);
}

/**
 * Gradient of the loss of a reward model after Bradley and Terry: the mean over pairs of -log sigma(the winner's score -
 * the loser's), where a response's score is the sum of a table's numbers along it.
 */
export function bradleyTerryGradient(scores: Float64Array, pairs: readonly ResponsePair[]): Float64Array {
  const gradient = new Float64Array(scores.length);
  for (const { win, lose } of pairs) {
    const push = logistic(sumAlong(scores, lose) - sumAlong(scores, win)) / pairs.length;
    addAlong(gradient, win, -push);
    addAlong(gradient, lose, push);
  }
  return gradient;
}
