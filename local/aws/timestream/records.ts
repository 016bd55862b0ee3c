import { asList, asRecord, asText } from '../properties.ts';
import { AwsError } from '../service.ts';

export type MeasureType = 'DOUBLE' | 'BIGINT' | 'VARCHAR' | 'BOOLEAN' | 'TIMESTAMP';

export interface Measure {
  /** Column it is stored in: the measure's own name, or `measure_value::<type>` of a single-measure record. */
  readonly column: string;
  readonly type: MeasureType;
  readonly value: string;
}

/** One record of a WriteRecords request with the common attributes merged in. */
export interface Row {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly measureName: string;
  readonly timeNs: bigint;
  readonly version: number;
  readonly measures: readonly Measure[];
}

/** A row, or why the record is rejected. */
export type Parsed = { readonly row: Row } | { readonly reason: string };

/** Limits of Timestream for LiveAnalytics (developer guide, "Quotas"). */
const MAX_RECORDS = 100;
const MAX_VALUE_BYTES = 2048;
const MAX_MEASURES = 256;
const NANOSECONDS: Readonly<Record<string, bigint>> = {
  SECONDS: 1_000_000_000n,
  MILLISECONDS: 1_000_000n,
  MICROSECONDS: 1_000n,
  NANOSECONDS: 1n,
};
const TYPES = new Set(['DOUBLE', 'BIGINT', 'VARCHAR', 'BOOLEAN', 'TIMESTAMP']);

/**
 * The records of a request in their order.
 * @throws AwsError ValidationException when the request as a whole is malformed: then nothing of it is stored
 */
export function parseRecords(request: Readonly<Record<string, unknown>>): Parsed[] {
  const records = asList(request.Records).map(asRecord);
  if (records.length === 0 || records.length > MAX_RECORDS) {
    throw invalid(`${records.length} records in one request; 1 to ${MAX_RECORDS} are allowed.`);
  }
  const common = asRecord(request.CommonAttributes);
  return records.map((record, index) => parseRecord(record, common, index));
}

function parseRecord(
  record: Readonly<Record<string, unknown>>,
  common: Readonly<Record<string, unknown>>,
  index: number,
): Parsed {
  const merged: Record<string, unknown> = { ...common, ...record };
  const dimensions: Record<string, string> = {};
  for (const { Name, Value } of [...asList(common.Dimensions), ...asList(record.Dimensions)].map(asRecord)) {
    const name = asText(Name);
    const value = asText(Value);
    if (name === '' || value === '') throw invalid(`Record ${index}: dimension "${name}" has no name or no value.`);
    if (name in dimensions) return { reason: `The dimension name ${name} is given more than once.` };
    dimensions[name] = value;
  }
  if (Object.keys(dimensions).length === 0) throw invalid(`Record ${index} has no dimensions; at least one is needed.`);
  const measureName = asText(merged.MeasureName);
  if (measureName === '') throw invalid(`Record ${index} has no MeasureName.`);
  const factor = NANOSECONDS[asText(merged.TimeUnit, 'MILLISECONDS')];
  const time = asText(merged.Time);
  if (factor === undefined || !/^\d+$/.test(time)) {
    throw invalid(`Record ${index}: Time "${time}" in "${asText(merged.TimeUnit)}" is not a time since the epoch.`);
  }
  const version = typeof merged.Version === 'number' ? merged.Version : 1;
  const measures = parseMeasures(merged, index);
  const tooLong = measures.find((measure) => Buffer.byteLength(measure.value) > MAX_VALUE_BYTES);
  if (tooLong) return { reason: `The measure value of ${tooLong.column} is longer than ${MAX_VALUE_BYTES} bytes.` };
  return { row: { dimensions, measureName, timeNs: BigInt(time) * factor, version, measures } };
}

function parseMeasures(merged: Readonly<Record<string, unknown>>, index: number): Measure[] {
  const type = asText(merged.MeasureValueType, 'DOUBLE');
  if (type !== 'MULTI') {
    return [parseMeasure(`measure_value::${type.toLowerCase()}`, type, merged.MeasureValue, index)];
  }
  const values = asList(merged.MeasureValues).map(asRecord);
  if (values.length === 0 || values.length > MAX_MEASURES) {
    throw invalid(`Record ${index} is MULTI with ${values.length} MeasureValues; 1 to ${MAX_MEASURES} are allowed.`);
  }
  return values.map(({ Name, Type, Value }) => parseMeasure(asText(Name), asText(Type), Value, index));
}

function parseMeasure(column: string, type: string, given: unknown, index: number): Measure {
  const value = asText(given);
  const fits =
    type === 'DOUBLE'
      ? value !== '' && (value === 'NaN' || !Number.isNaN(Number(value)))
      : type === 'BIGINT' || type === 'TIMESTAMP'
        ? /^-?\d+$/.test(value)
        : type === 'BOOLEAN'
          ? /^(true|false)$/i.test(value)
          : value !== '';
  if (column === '' || !TYPES.has(type) || !fits) {
    throw invalid(
      `Record ${index}: measure "${column}" has value "${value}", which is not a ${type || 'typed value'}.`,
    );
  }
  return { column, type: type as MeasureType, value };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
