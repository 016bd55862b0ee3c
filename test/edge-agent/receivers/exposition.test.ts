import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { ExpositionError, parseExposition } from '../../../edge-agent/receivers/exposition.ts';

const parse = (page: string) => parseExposition(page, 5000, 1000);

describe('the exposition format', () => {
  test('counters, gauges and classic histograms, as prom-client writes them', async () => {
    const registers = [new Registry()];
    const help = 'text with # and "quotes"';
    new Counter({ name: 'cache_hits_total', help, labelNames: ['cache'], registers }).inc({ cache: 'a "b"\\\n' }, 3);
    new Gauge({ name: 'neural_db_connections_active', help, registers }).set(-0.5);
    const histogram = new Histogram({
      name: 'http_request_duration_seconds',
      help,
      labelNames: ['route'],
      buckets: [0.1, 1],
      registers,
    });
    histogram.observe({ route: '/x' }, 0.05);
    histogram.observe({ route: '/x' }, 5);
    new Summary({ name: 's_seconds', help, percentiles: [0.5], registers }).observe(2);
    expect(parse((await registers[0]?.metrics()) ?? '')).toEqual([
      {
        kind: 'counter',
        name: 'cache_hits_total',
        labels: { cache: 'a "b"\\\n' },
        startMs: 1000,
        timeMs: 5000,
        value: 3,
      },
      { kind: 'gauge', name: 'neural_db_connections_active', labels: {}, timeMs: 5000, value: -0.5 },
      ...[
        ['0.1', 1],
        ['1', 1],
        ['+Inf', 2],
      ].map(([le, value]) => ({
        kind: 'counter',
        name: 'http_request_duration_seconds_bucket',
        labels: { le, route: '/x' },
        startMs: 1000,
        timeMs: 5000,
        value,
      })),
      {
        kind: 'counter',
        name: 'http_request_duration_seconds_sum',
        labels: { route: '/x' },
        startMs: 1000,
        timeMs: 5000,
        value: 5.05,
      },
      {
        kind: 'counter',
        name: 'http_request_duration_seconds_count',
        labels: { route: '/x' },
        startMs: 1000,
        timeMs: 5000,
        value: 2,
      },
      { kind: 'gauge', name: 's_seconds', labels: { quantile: '0.5' }, timeMs: 5000, value: 2 },
      { kind: 'counter', name: 's_seconds_sum', labels: {}, startMs: 1000, timeMs: 5000, value: 2 },
      { kind: 'counter', name: 's_seconds_count', labels: {}, startMs: 1000, timeMs: 5000, value: 1 },
    ]);
  });

  test('counters began when the process did, where the page tells', () => {
    const points = parse(
      '# TYPE a_total counter\na_total 1\n# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds 4.25\n',
    );
    expect(points[0]).toMatchObject({ kind: 'counter', startMs: 4250 });
  });

  test('a timestamp of its own is kept, and what is no number is left out', () => {
    expect(parse('a 1 1234\nb NaN\nc +Inf\n')).toEqual([
      { kind: 'gauge', name: 'a', labels: {}, timeMs: 1234, value: 1 },
    ]);
  });

  test.each([
    ['a', 'line 1: "a": a sample is'],
    ['ok 1\na{b=c} 1', 'line 2: "a{b=c} 1": labels are'],
    ['a one', 'line 1: "a one": "one" is not a number'],
  ])('%j is refused with the line and the rule', (page, message) => {
    expect(() => parse(page)).toThrow(message);
  });

  test('any text is read or refused by name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z{}="\\ ,#0-9.+\n-]{0,60}$/)), (page) => {
        try {
          parse(page);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpositionError);
        }
      }),
    );
  });
});
