import { toNumber } from './int64.ts';
import type { OtlpReader } from './reader.ts';

/**
 * Reads a `KeyValue` into `into`, under the name that `nameOf` makes of its key. Labels are text, so numbers and
 * booleans are written out and other values are left empty.
 */
export function readKeyValue(
  reader: OtlpReader,
  into: Record<string, string>,
  nameOf: (key: string) => string = same,
): void {
  const end = reader.end();
  let key = '';
  let value = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 0x0a) key = reader.string();
    else if (tag === 0x12) value = readAnyValue(reader);
    else reader.skipType(tag & 7);
  }
  into[nameOf(key)] = value;
}

function same(key: string): string {
  return key;
}

function readAnyValue(reader: OtlpReader): string {
  const end = reader.end();
  let value = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 0x0a) value = reader.string();
    else if (tag === 0x10) value = String(reader.bool());
    else if (tag === 0x18) value = String(toNumber(reader.int64()));
    else if (tag === 0x21) value = String(reader.double());
    else reader.skipType(tag & 7);
  }
  return value;
}
