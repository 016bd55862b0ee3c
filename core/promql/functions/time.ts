import { NO_LABELS } from '../labels.ts';
import { argument, type ScalarFunction, type VectorFunction } from '../scope.ts';
import { floatSample } from '../values.ts';

/** Functions that give a scalar. Times are in seconds. */
export const scalarFunctions: Readonly<Record<string, ScalarFunction>> = {
  pi: () => Math.PI,
  time: (_call, scope) => scope.timeMs / 1000,
  start: (_call, scope) => scope.startMs / 1000,
  end: (_call, scope) => scope.endMs / 1000,
  range: (_call, scope) => (scope.endMs - scope.startMs) / 1000,
  min_of: (call, scope) => Math.min(scope.scalar(argument(call, 0)), scope.scalar(argument(call, 1))),
  max_of: (call, scope) => Math.max(scope.scalar(argument(call, 0)), scope.scalar(argument(call, 1))),
  step: (_call, scope) => scope.stepMs / 1000,
  /** The only float of a vector; NaN when there are none or several. */
  scalar: (call, scope) => {
    const floats = scope.vector(argument(call, 0)).filter(({ histogram }) => histogram === undefined);
    const [only] = floats;
    return only && floats.length === 1 ? only.value : Number.NaN;
  },
};

export const vectorFunctions: Readonly<Record<string, VectorFunction>> = {
  vector: (call, scope) => [floatSample(NO_LABELS, scope.scalar(argument(call, 0)), false)],
  timestamp: (call, scope) => scope.timestamps(argument(call, 0)),
};
