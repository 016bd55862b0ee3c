/** Times a piece of work and makes a span of it. */

import type { AttributeValue, Span, SpanContext, SpanSink } from './span.ts';

export interface TraceClock {
  /** Epoch milliseconds: when a span began. */
  epochMs(): number;
  /** Monotonic milliseconds: how long it took, whatever happens to the host's clock meanwhile. */
  monotonicMs(): number;
}

export interface TracerSettings {
  readonly clock: TraceClock;
  /** Numbers in [0, 1): where the ids come from. */
  readonly random: () => number;
  readonly spans: SpanSink;
}

export interface SpanOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** The span this one is a part of; without it a new trace begins. */
  readonly parent?: SpanContext | undefined;
  /** Called with the duration in seconds when the work has ended, well or badly. */
  readonly onEnd?: (seconds: number) => void;
}

export class Tracer {
  readonly #clock: TraceClock;
  readonly #random: () => number;
  readonly #spans: SpanSink;

  constructor({ clock, random, spans }: TracerSettings) {
    this.#clock = clock;
    this.#random = random;
    this.#spans = spans;
  }

  /**
   * Does `work` within a span and returns what it returns. A promise is awaited: the span ends when it settles.
   * What `work` throws is passed on; the span then has status `error` and the error's type (never its message, which
   * may quote data).
   */
  trace<T>(name: string, options: SpanOptions, work: (context: SpanContext) => T): T {
    const context = {
      traceId: options.parent?.traceId ?? this.#id(32),
      spanId: this.#id(16),
    };
    const startMs = this.#clock.epochMs();
    const begunMs = this.#clock.monotonicMs();
    const end = (error?: unknown): void => {
      const durationMs = this.#clock.monotonicMs() - begunMs;
      options.onEnd?.(durationMs / 1000);
      this.#spans.export(finish(name, context, options, startMs, durationMs, error));
    };
    let result: T;
    try {
      result = work(context);
    } catch (error) {
      end(error ?? 'unknown');
      throw error;
    }
    if (!isPromise(result)) {
      end();
      return result;
    }
    return result.then(
      (value) => {
        end();
        return value;
      },
      (error: unknown) => {
        end(error ?? 'unknown');
        throw error;
      },
    ) as T;
  }

  #id(digits: 16 | 32): string {
    let id = '';
    while (id.length < digits) {
      id += Math.floor(this.#random() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, '0');
    }
    // All zero means "invalid" to OpenTelemetry.
    return /[1-9a-f]/.test(id) ? id : `${id.slice(0, -1)}1`;
  }
}

function finish(
  name: string,
  context: SpanContext,
  { attributes = {}, parent }: SpanOptions,
  startMs: number,
  durationMs: number,
  error: unknown,
): Span {
  return {
    ...context,
    ...(parent && { parentSpanId: parent.spanId }),
    name,
    startMs,
    endMs: startMs + durationMs,
    attributes:
      error === undefined
        ? attributes
        : { ...attributes, 'exception.type': error instanceof Error ? error.name : typeof error },
    status: error === undefined ? 'unset' : 'error',
  };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
