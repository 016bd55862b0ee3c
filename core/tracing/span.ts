/** A finished span, with OpenTelemetry's meaning: one timed step of one trace. Plain data. */

export type AttributeValue = string | number | boolean;

export interface SpanContext {
  /** 16 bytes, lower-case hexadecimal, not all zero. */
  readonly traceId: string;
  /** 8 bytes, likewise. */
  readonly spanId: string;
}

export interface Span extends SpanContext {
  /** Absent on the first span of a trace. */
  readonly parentSpanId?: string;
  readonly name: string;
  /** Epoch milliseconds, with a fraction. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly status: 'unset' | 'error';
}

/** Where finished spans go. Must not block, and must not grow without bound. */
export interface SpanSink {
  export(span: Span): void;
}

/** Keeps the newest `capacity` spans until they are taken, and counts those that had to go. */
export class BoundedSpans implements SpanSink {
  readonly #capacity: number;
  #spans: Span[] = [];
  #dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  export(span: Span): void {
    if (this.#spans.length >= this.#capacity) {
      this.#spans.shift();
      this.#dropped++;
    }
    this.#spans.push(span);
  }

  /** Spans dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Hands over the spans, oldest first, and forgets them. */
  take(): readonly Span[] {
    const taken = this.#spans;
    this.#spans = [];
    return taken;
  }
}
