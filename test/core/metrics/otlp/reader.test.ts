import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { OtlpReader } from '../../../../core/metrics/otlp/reader.ts';

describe('the reader of OTLP', () => {
  test('reads texts as written, however often and however many different ones come', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { maxLength: 400 });
    fc.assert(
      fc.property(texts, (some) => {
        const all = [...some, ...some];
        const writer = protobuf.Writer.create();
        for (const text of all) writer.string(text);
        const reader = new OtlpReader(writer.finish());
        expect(all.map(() => reader.string())).toEqual(all);
      }),
    );
  });

  test('a text that runs past the end is refused, also one that was read before', () => {
    const bytes = protobuf.Writer.create().string('channel').string('channel').finish();
    const reader = new OtlpReader(bytes.subarray(0, bytes.length - 1));
    expect(reader.string()).toBe('channel');
    expect(() => reader.string()).toThrow(RangeError);
  });

  test('reads 64-bit numbers as protobufjs does', () => {
    const numbers = fc.array(fc.maxSafeInteger());
    fc.assert(
      fc.property(numbers, (some) => {
        const writer = protobuf.Writer.create();
        for (const number of some) writer.sfixed64(number).fixed64(Math.abs(number)).uint64(Math.abs(number));
        const reader = new OtlpReader(writer.finish());
        for (const number of some) {
          expect(reader.sfixed64Number()).toBe(number);
          expect(reader.fixed64Number()).toBe(Math.abs(number));
          expect(reader.uint64Number()).toBe(Math.abs(number));
        }
      }),
    );
  });

  test('a number that is cut off is refused', () => {
    expect(() => new OtlpReader(Uint8Array.of(0x80)).uint64Number()).toThrow(RangeError);
    expect(() => new OtlpReader(new Uint8Array()).uint64Number()).toThrow(RangeError);
    expect(() => new OtlpReader(new Uint8Array(7)).fixed64Number()).toThrow(RangeError);
  });
});
