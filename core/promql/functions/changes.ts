import { equalHistograms, isReset } from '../histograms.ts';
import type { VectorFunction } from '../scope.ts';
import type { Sample } from '../series.ts';
import { overRange } from './range.ts';

/** How often something happened from one sample to the next. A float after a histogram, or the reverse, counts. */
function transitions(happened: (before: Sample, after: Sample) => boolean): VectorFunction {
  return overRange((samples) => {
    let count = 0;
    for (let i = 1; i < samples.length; i += 1) {
      const [before, after] = [samples[i - 1] as Sample, samples[i] as Sample];
      const switched = (before.histogram === undefined) !== (after.histogram === undefined);
      if (switched || happened(before, after)) count += 1;
    }
    return count;
  });
}

export const changeFunctions: Readonly<Record<string, VectorFunction>> = {
  changes: transitions((before, after) => {
    if (before.histogram && after.histogram) return !equalHistograms(before.histogram, after.histogram);
    return before.value !== after.value && !(Number.isNaN(before.value) && Number.isNaN(after.value));
  }),
  resets: transitions((before, after) => {
    if (before.histogram && after.histogram) return isReset(before.histogram, after.histogram);
    return after.value < before.value;
  }),
};
