/** Prefix of the anchors in their bucket. */
export const ANCHORS_PREFIX = 'anchors/';

/** The object of an anchor: sorted by number, as S3 lists them. */
export function anchorKey(number: number): string {
  return `${ANCHORS_PREFIX}${String(number).padStart(12, '0')}.json`;
}
