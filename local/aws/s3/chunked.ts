/**
 * The body inside `aws-chunked`: `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n` repeated, an empty chunk at the end,
 * then trailers (checksums) that the twin has no use for: the bytes came over a loopback connection.
 * @throws RangeError when the framing is broken
 */
export function decodeChunked(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    const from = lineEnd + 2;
    if (lineEnd < 0 || Number.isNaN(size) || from + size > body.length) {
      throw new RangeError(`aws-chunked body is broken at byte ${at} of ${body.length}`);
    }
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(body.subarray(from, from + size));
    at = from + size + 2;
  }
}
