/** Makes small EDF and BDF files, so that the reader's tests need none. */

export interface EdfSignalSpec {
  readonly label: string;
  readonly unit?: string;
  readonly physical?: readonly [number, number];
  readonly digital?: readonly [number, number];
  /** Digital values; `records` times as many as fit one record. */
  readonly values: readonly number[];
}

export interface EdfSpec {
  readonly bytesPerSample?: 2 | 3;
  readonly records?: number;
  readonly recordSeconds?: number | string;
  /** What the header says, where that is not the truth. */
  readonly statedRecords?: string;
  readonly reserved?: string;
  readonly signals: readonly EdfSignalSpec[];
}

export function edfFile(spec: EdfSpec): Buffer {
  const { bytesPerSample = 2, records = 1, recordSeconds = 1, signals } = spec;
  const limit = 2 ** (8 * bytesPerSample - 1);
  const header = [
    text(bytesPerSample === 2 ? '0' : '\u00ffBIOSEMI', 8),
    text('X', 80),
    text('X', 80),
    text('01.02.2610.11.12', 16),
    text(256 * (signals.length + 1), 8),
    text(spec.reserved ?? '', 44),
    text(spec.statedRecords ?? records, 8),
    text(recordSeconds, 8),
    text(signals.length, 4),
    ...signals.map(({ label }) => text(label, 16)),
    ...signals.map(() => text('', 80)),
    ...signals.map(({ unit = 'uV' }) => text(unit, 8)),
    ...signals.map(({ physical = [-limit, limit - 1] }) => text(physical[0], 8)),
    ...signals.map(({ physical = [-limit, limit - 1] }) => text(physical[1], 8)),
    ...signals.map(({ digital = [-limit, limit - 1] }) => text(digital[0], 8)),
    ...signals.map(({ digital = [-limit, limit - 1] }) => text(digital[1], 8)),
    ...signals.map(() => text('', 80)),
    ...signals.map(({ values }) => text(values.length / records, 8)),
    ...signals.map(() => text('', 32)),
  ].join('');
  const data: Buffer[] = [Buffer.from(header, 'latin1')];
  for (let record = 0; record < records; record++) {
    for (const { values } of signals) {
      const perRecord = values.length / records;
      const bytes = Buffer.alloc(perRecord * bytesPerSample);
      for (let i = 0; i < perRecord; i++) {
        bytes.writeIntLE(values[record * perRecord + i]!, i * bytesPerSample, bytesPerSample);
      }
      data.push(bytes);
    }
  }
  return Buffer.concat(data);
}

function text(value: string | number, width: number): string {
  return String(value).padEnd(width).slice(0, width);
}
