/** OTLP, the wire format of metrics: `encodeBatch` and `decodeBatch` for our agents, `decodeRequest` for anybody's. */
export { type DecodedRequest, decodeBatch, decodeRequest, OtlpDecodeError } from './otlp/decode.ts';
export { encodeBatch } from './otlp/encode.ts';
