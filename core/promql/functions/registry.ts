import type { ScalarFunction, VectorFunction } from '../scope.ts';
import { absentFunctions } from './absent.ts';
import { changeFunctions } from './changes.ts';
import { dateFunctions } from './dates.ts';
import { histogramFunctions } from './histograms.ts';
import { infoFunctions } from './info.ts';
import { labelFunctions } from './labels.ts';
import { mathFunctions } from './math.ts';
import { overTimeFunctions } from './over-time.ts';
import { rateFunctions } from './rate.ts';
import { regressionFunctions } from './regression.ts';
import { sortFunctions } from './sort.ts';
import { scalarFunctions, vectorFunctions as timeFunctions } from './time.ts';

/** All functions that give a vector, by name. */
export const vectorFunctions: Readonly<Record<string, VectorFunction>> = {
  ...absentFunctions,
  ...changeFunctions,
  ...dateFunctions,
  ...histogramFunctions,
  ...infoFunctions,
  ...labelFunctions,
  ...mathFunctions,
  ...overTimeFunctions,
  ...rateFunctions,
  ...regressionFunctions,
  ...sortFunctions,
  ...timeFunctions,
};

export const scalars: Readonly<Record<string, ScalarFunction>> = scalarFunctions;
