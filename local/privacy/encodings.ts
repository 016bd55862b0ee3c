/**
 * Every way a program might write a run of samples as bytes. Used to look for raw signal in outbound messages: each
 * encoding of the signal is cut into windows of eight bytes, and a message is searched for any of them.
 */

/** Bytes that are compared at once. Eight random bytes coincide once in 2^64. */
const WINDOW_BYTES = 8;

interface Encoding {
  readonly name: string;
  readonly bytesPerSample: number;
  write(view: DataView, offset: number, value: number): void;
}

/** Microvolts of one count of the usual 24-bit converter (ADS1299, gain 24, 4.5 V reference): integers may be counts. */
const MICROVOLTS_PER_COUNT = (4.5 / (2 ** 23 - 1) / 24) * 1e6;

const ENCODINGS: readonly Encoding[] = [false, true].flatMap((little): Encoding[] => {
  const suffix = little ? 'le' : 'be';
  return [
    { name: `f64${suffix}`, bytesPerSample: 8, write: (view, at, v) => view.setFloat64(at, v, little) },
    { name: `f32${suffix}`, bytesPerSample: 4, write: (view, at, v) => view.setFloat32(at, v, little) },
    { name: `i16${suffix}`, bytesPerSample: 2, write: (view, at, v) => view.setInt16(at, Math.round(v), little) },
    { name: `i32${suffix}`, bytesPerSample: 4, write: (view, at, v) => view.setInt32(at, Math.round(v), little) },
    {
      name: `counts32${suffix}`,
      bytesPerSample: 4,
      write: (view, at, v) => view.setInt32(at, Math.round(v / MICROVOLTS_PER_COUNT), little),
    },
    {
      name: `counts24${suffix}`,
      bytesPerSample: 3,
      write: (view, at, v) => {
        const count = Math.round(v / MICROVOLTS_PER_COUNT);
        const bytes = [count >> 16, count >> 8, count].map((byte) => byte & 0xff);
        for (const [i, byte] of (little ? bytes.reverse() : bytes).entries()) view.setUint8(at + i, byte);
      },
    },
  ];
});

/** Signals derived from one another by what compressors do first: the samples, and the steps between them. */
function derived(samples: ArrayLike<number>): [name: string, values: Float64Array][] {
  const values = Float64Array.from(samples);
  const deltas = values.slice(1).map((value, i) => value - (values[i] ?? 0));
  return [
    ['samples', values],
    ['deltas', deltas],
  ];
}

/** A window of fewer distinct bytes (small integers, zeros) could be anything: it takes several in a row to tell. */
const TELLING_BYTES = 5;
/** Windows that must follow each other in the message as they do in the signal, not all the same. */
const WEAK_IN_A_ROW = 4;
/** Positions of windows are unique over all encodings: encoding number x this + byte offset. */
const STRIDE = 2 ** 32;

/**
 * A search for `samples` in bytes, in all encodings.
 * @returns what was found and where, or undefined
 */
export function createByteSearch(samples: ArrayLike<number>): (payload: Buffer) => string | undefined {
  const names: string[] = [];
  const telling = new Map<bigint, number>();
  const weak = new Map<bigint, number[]>();
  for (const [kind, values] of derived(samples)) {
    for (const encoding of ENCODINGS) {
      const base = names.push(`${kind} as ${encoding.name}`) * STRIDE;
      const view = new DataView(new ArrayBuffer(values.length * encoding.bytesPerSample));
      values.forEach((value, i) => {
        encoding.write(view, i * encoding.bytesPerSample, value);
      });
      for (let at = 0; at + WINDOW_BYTES <= view.byteLength; at += encoding.bytesPerSample) {
        const window = view.getBigUint64(at);
        const isTelling = new Set(new Uint8Array(view.buffer, at, WINDOW_BYTES)).size >= TELLING_BYTES;
        if (isTelling) telling.set(window, base + at);
        else weak.set(window, [...(weak.get(window) ?? []).slice(-8), base + at]);
      }
    }
  }

  function inARow(payload: Buffer, at: number): number | undefined {
    if (at + WEAK_IN_A_ROW * WINDOW_BYTES > payload.length) return undefined;
    const windows = Array.from({ length: WEAK_IN_A_ROW }, (_, i) => payload.readBigUInt64BE(at + i * WINDOW_BYTES));
    if (new Set(windows).size <= 2) return undefined;
    return weak.get(windows[0] ?? 0n)?.find((position) =>
      windows.every((window, i) => {
        const there = position + i * WINDOW_BYTES;
        return telling.get(window) === there || (weak.get(window)?.includes(there) ?? false);
      }),
    );
  }

  return (payload) => {
    for (let at = 0; at + WINDOW_BYTES <= payload.length; at += 1) {
      const window = payload.readBigUInt64BE(at);
      const position = telling.get(window) ?? (weak.has(window) ? inARow(payload, at) : undefined);
      if (position !== undefined) return `${names[Math.floor(position / STRIDE) - 1]} at byte ${at}`;
    }
    return undefined;
  };
}
