import type { LinearModel } from '../linear-model.ts';

/**
 * Eyes closed or open, from log10 of the relative band powers (delta, theta, alpha, beta, gamma) at the back of the
 * head over about a second.
 *
 * Fitted by logistic regression (L2 penalty 0.01) to 9,513 windows of eight generated boards, seeds 1 to 8. Held out:
 * 93 % of the windows of another seed; 76 % of the seconds of a real Cyton recording with eyes-closed alpha on O1, O2.
 */
export const eyesClosed: LinearModel = {
  id: 'eyes-closed',
  mean: [-0.674, -0.927, -0.656, -0.681, -1.086],
  deviation: [0.227, 0.226, 0.295, 0.157, 0.174],
  weights: [-0.63, -0.496, 2.051, -0.899, -0.692],
  bias: 0.403,
};
