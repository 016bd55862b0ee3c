import { editDistance } from '../nearest.ts';

/** More corrections than this are another word, not a slip of the fingers. */
const MOST_SLIPS = 2;

/** `did you mean "matchers"?` for a name that is nearly a known one, else which ones are allowed. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = known.find((one) => editDistance(name.toLowerCase(), one.toLowerCase()) <= MOST_SLIPS);
  return near === undefined ? `allowed: ${known.join(', ')}` : `did you mean ${JSON.stringify(near)}?`;
}
