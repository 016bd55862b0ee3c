import { crc32 } from 'node:zlib';

/** A message that was put into the buffer. Its payload follows the header. */
export interface MessageHeader {
  readonly type: 'message';
  readonly boot: string;
  readonly seq: number;
  /** Points that count as recorded with this message. */
  readonly points: number;
  /** Epoch milliseconds. */
  readonly recordedAtMs: number;
}

/** The store has messages `[from, to]` (inclusive) of `boot`. */
export interface Acknowledgement {
  readonly boot: string;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/** The sums so far. First record of each segment, so that the ledger outlives the segments that are deleted. */
export interface Totals {
  readonly recorded: number;
  readonly acknowledged: number;
  readonly dropped: number;
}

export type Header =
  | MessageHeader
  /** `points`: of the messages it settled, some of which may be in files that are deleted by now. */
  | (Acknowledgement & { readonly type: 'acknowledgement'; readonly points: number })
  /** Segments below `firstSegment` are given up: one that still exists was about to be deleted. */
  | (Totals & { readonly type: 'totals'; readonly firstSegment: number });

export interface StoredRecord {
  readonly header: Header;
  /** Where the payload lies in its file. */
  readonly payloadAt: number;
  readonly payloadBytes: number;
}

const FRAME_BYTES = 8;
const HEADER_LENGTH_BYTES = 2;
/** Far above any message: a length beyond it is garbage, not a record. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * One record: length of the body and its CRC32 (4 bytes each), then the body: length of the header (2 bytes), the
 * header as JSON, the payload. All numbers are big-endian.
 */
export function encodeRecord(header: Header, payload: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const record = Buffer.alloc(FRAME_BYTES + HEADER_LENGTH_BYTES + json.length + payload.length);
  record.writeUInt16BE(json.length, FRAME_BYTES);
  json.copy(record, FRAME_BYTES + HEADER_LENGTH_BYTES);
  record.set(payload, FRAME_BYTES + HEADER_LENGTH_BYTES + json.length);
  const body = record.subarray(FRAME_BYTES);
  record.writeUInt32BE(body.length, 0);
  record.writeUInt32BE(crc32(body), 4);
  return record;
}

/** Where the payload of a record with this header begins, counted from the record's first byte. */
export function payloadOffset(header: Header): number {
  return FRAME_BYTES + HEADER_LENGTH_BYTES + Buffer.byteLength(JSON.stringify(header));
}

/**
 * The records at the front of `file`, up to the first that is torn or damaged. What follows one cannot be trusted: a
 * crash leaves damage only at the end.
 */
export function decodeRecords(file: Buffer): { records: StoredRecord[]; intactBytes: number } {
  const records: StoredRecord[] = [];
  let at = 0;
  for (;;) {
    const record = decodeRecord(file, at);
    if (!record) return { records, intactBytes: at };
    records.push(record);
    at = record.payloadAt + record.payloadBytes;
  }
}

function decodeRecord(file: Buffer, at: number): StoredRecord | undefined {
  if (at + FRAME_BYTES + HEADER_LENGTH_BYTES > file.length) return undefined;
  const length = file.readUInt32BE(at);
  const end = at + FRAME_BYTES + length;
  if (length < HEADER_LENGTH_BYTES || length > MAX_BODY_BYTES || end > file.length) return undefined;
  const body = file.subarray(at + FRAME_BYTES, end);
  if (crc32(body) !== file.readUInt32BE(at + 4)) return undefined;
  const headerEnd = HEADER_LENGTH_BYTES + body.readUInt16BE(0);
  // The checksum holds, so this is what we wrote.
  const header = JSON.parse(body.toString('utf8', HEADER_LENGTH_BYTES, headerEnd)) as Header;
  return { header, payloadAt: at + FRAME_BYTES + headerEnd, payloadBytes: body.length - headerEnd };
}
