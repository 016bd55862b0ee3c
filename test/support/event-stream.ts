import { crc32 } from 'node:zlib';

/** One message of the AWS event-stream protocol. Header values are strings or 32-bit integers. */
export interface EventStreamMessage {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly payload: Buffer;
}

const INT32 = 4;
const STRING = 7;
const PRELUDE_BYTES = 12;
const OVERHEAD_BYTES = 16;

/**
 * Frame: total length, headers length, CRC32 of those two, headers, payload, CRC32 of all before; big-endian.
 * Header: name length (1 byte), name, type (1 byte), value (strings with their length in 2 bytes).
 */
export function encodeFrame(message: EventStreamMessage): Buffer {
  const headers = Buffer.concat(Object.entries(message.headers).map(([name, value]) => encodeHeader(name, value)));
  const frame = Buffer.alloc(OVERHEAD_BYTES + headers.length + message.payload.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headers.copy(frame, PRELUDE_BYTES);
  message.payload.copy(frame, PRELUDE_BYTES + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return frame;
}

/** Takes all whole frames off the front of `bytes`. Throws on a wrong checksum. */
export function decodeFrames(bytes: Buffer): { messages: EventStreamMessage[]; rest: Buffer } {
  const messages: EventStreamMessage[] = [];
  let rest = bytes;
  while (rest.length >= PRELUDE_BYTES) {
    const length = rest.readUInt32BE(0);
    if (rest.readUInt32BE(8) !== crc32(rest.subarray(0, 8))) throw new Error('prelude checksum does not match');
    if (rest.length < length) break;
    const frame = rest.subarray(0, length);
    if (frame.readUInt32BE(length - 4) !== crc32(frame.subarray(0, length - 4))) {
      throw new Error('message checksum does not match');
    }
    const bodyAt = PRELUDE_BYTES + frame.readUInt32BE(4);
    messages.push({
      headers: decodeHeaders(frame.subarray(PRELUDE_BYTES, bodyAt)),
      payload: Buffer.from(frame.subarray(bodyAt, length - 4)),
    });
    rest = rest.subarray(length);
  }
  return { messages, rest };
}

function encodeHeader(name: string, value: string | number): Buffer {
  const head = Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name)]);
  if (typeof value === 'number') {
    const body = Buffer.alloc(5);
    body.writeUInt8(INT32, 0);
    body.writeInt32BE(value, 1);
    return Buffer.concat([head, body]);
  }
  const text = Buffer.from(value);
  const body = Buffer.alloc(3);
  body.writeUInt8(STRING, 0);
  body.writeUInt16BE(text.length, 1);
  return Buffer.concat([head, body, text]);
}

function decodeHeaders(bytes: Buffer): Record<string, string | number> {
  const headers: Record<string, string | number> = {};
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    const name = bytes.toString('utf8', at + 1, nameEnd);
    const type = bytes.readUInt8(nameEnd);
    if (type === INT32) {
      headers[name] = bytes.readInt32BE(nameEnd + 1);
      at = nameEnd + 5;
    } else if (type === STRING) {
      const end = nameEnd + 3 + bytes.readUInt16BE(nameEnd + 1);
      headers[name] = bytes.toString('utf8', nameEnd + 3, end);
      at = end;
    } else throw new Error(`header ${name} has type ${type}; only int32 and string are spoken here`);
  }
  return headers;
}
