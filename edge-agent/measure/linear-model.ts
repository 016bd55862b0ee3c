/** Logistic regression on band powers: the model-inference step. Weights are data, see `models/`. */

import type { EyesState } from '../boards/board.ts';

export interface LinearModel {
  /** Becomes the label `model_id`. */
  readonly id: string;
  /** Per feature, in the order of the input. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly weights: readonly number[];
  readonly bias: number;
}

export interface Prediction {
  readonly state: EyesState;
  /** Probability that the eyes are closed, 0 to 1. */
  readonly closed: number;
}

export function predict(model: LinearModel, features: ArrayLike<number>): Prediction {
  let sum = model.bias;
  for (let i = 0; i < model.weights.length; i++) {
    sum += model.weights[i]! * ((features[i]! - model.mean[i]!) / model.deviation[i]!);
  }
  const closed = 1 / (1 + Math.exp(-sum));
  return { state: closed >= 0.5 ? 'eyes-closed' : 'eyes-open', closed };
}
