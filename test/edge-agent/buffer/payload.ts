/** A payload that can be recognised: its length and bytes follow from the message it belongs to. */
export function payloadFor(boot: string, seq: number): Uint8Array {
  const first = boot.charCodeAt(0);
  return Uint8Array.from({ length: 50 + ((seq * 37) % 900) }, (_, i) => (first + seq * 7 + i * 13) % 256);
}
