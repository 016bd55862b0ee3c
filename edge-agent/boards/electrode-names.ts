/** Names of the international 10-20 and 10-10 systems, in the order in which montages grow. */

const TEN_TWENTY = ['Fp1', 'Fp2', 'C3', 'C4', 'P7', 'P8', 'O1', 'O2', 'F7', 'F8', 'F3', 'F4', 'T7', 'T8', 'P3', 'P4'];
const TEN_TEN =
  'Fz Cz Pz Oz AF3 AF4 FC5 FC6 FC1 FC2 CP5 CP6 CP1 CP2 PO3 PO4 F1 F2 F5 F6 C1 C2 C5 C6 P1 P2 P5 P6 AF7 AF8 FT7 FT8 TP7 TP8 PO7 PO8 FC3 FC4 CP3 CP4 FCz CPz POz AFz Fpz Iz FT9 FT10'.split(
    ' ',
  );
const NAMES: readonly string[] = [...TEN_TWENTY, ...TEN_TEN];

/** The first 8 are the usual montage of an 8-channel board; beyond the 64 named positions: `Ch65`, ... */
export function electrodeNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => NAMES[i] ?? `Ch${i + 1}`);
}

/** Where blinks are seen. */
export function isFrontal(name: string): boolean {
  return /^(Fp|AF)/i.test(name);
}

/** Where alpha is strongest when the eyes are closed. */
export function isPosterior(name: string): boolean {
  return /^(O|PO|P)([0-9]|z)/i.test(name);
}
