import type protobuf from 'protobufjs/minimal.js';
import { toNumber } from './int64.ts';

/** A `KeyValue` as text: labels are text, so numbers and booleans are written out and other values are left empty. */
export function readKeyValue(reader: protobuf.Reader): [key: string, value: string] {
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 0x0a) key = reader.string();
    else if (tag === 0x12) value = readAnyValue(reader);
    else reader.skipType(tag & 7);
  }
  return [key, value];
}

function readAnyValue(reader: protobuf.Reader): string {
  const end = reader.uint32() + reader.pos;
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
