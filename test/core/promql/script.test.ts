import { describe, expect, test } from '@jest/globals';
import { runPromqlTest } from '../../../core/promql/testing/run.ts';

/** Runs a script and expects all of it to hold. */
function holds(script: string): void {
  const { passed, failed } = runPromqlTest(script, 'script');
  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(0);
}

describe('the test language', () => {
  test('tells line, expectation and result of what differs', () => {
    const script =
      'load 1m\n  quality{channel="Cz"} 0.5 0.7\n\neval instant at 1m quality\n  quality{channel="Cz"} 0.8\n';
    expect(runPromqlTest(script, 'x').failed).toEqual([
      { line: 4, query: 'quality', expected: 'quality{channel="Cz"} 0.8', got: 'quality{channel="Cz"} 0.7' },
    ]);
  });

  test('fails where an error was expected and none came', () => {
    expect(runPromqlTest('eval instant at 0 vector(1)\n  expect fail\n', 'x').failed).toHaveLength(1);
  });

  test('refuses what it does not understand, with the line', () => {
    expect(() => runPromqlTest('clear\n\nlaod 5m\n', 'x')).toThrow('line 3: unknown command laod');
    expect(() => runPromqlTest('load 5m\n  foo 1 oops\n', 'x')).toThrow('oops is no value');
  });
});

describe('instant selectors', () => {
  test('look back five minutes, left open', () => {
    holds(`
load 1m
  contact{channel="Cz"} 1

eval instant at 4m59s contact
  contact{channel="Cz"} 1

eval instant at 5m contact
`);
  });

  test('follow offset and @', () => {
    holds(`
load 10s
  samples_total 0+10x30

eval instant at 200s samples_total offset 1m
  samples_total 140

eval instant at 200s samples_total @ 50
  samples_total 50

eval instant at 200s samples_total @ end() - samples_total @ 100 offset 50s
  {} 150
`);
  });
});

describe('rates', () => {
  test('survive a restart of the counter', () => {
    holds(`
load 10s
  samples_total 0 100 200 20 120 220

eval instant at 50s increase(samples_total[50s])
  {} 400

eval instant at 50s irate(samples_total[50s])
  {} 10
`);
  });

  test('a rate of what is called no counter is told of', () => {
    holds(`
load 10s
  temperature 1 2 3

eval instant at 20s rate(temperature[20s])
  expect info msg: PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "temperature" (1:6)
  {} 0.1
`);
  });

  test('smoothed ranges bridge a restart within the edge as a counter does', () => {
    holds(`
load 10s
  samples_total 0 100 20 40

eval instant at 25s increase(samples_total[10s] smoothed)
  {} 20

eval instant at 25s delta(samples_total[10s] smoothed)
  {} -30
`);
  });

  test('anchored and smoothed ranges take the values at their ends instead of extrapolating', () => {
    holds(`
load 10s
  samples_total 0 100 200 300 400 500

eval instant at 45s increase(samples_total[20s] anchored)
  {} 200

eval instant at 45s increase(samples_total[20s] smoothed)
  {} 200
`);
  });
});

describe('matching', () => {
  test('fills missing partners where told to', () => {
    holds(`
load 1m
  errors{thing="a"} 3
  requests{thing="a"} 10
  requests{thing="b"} 20

eval instant at 0 errors / requests
  {thing="a"} 0.3

eval instant at 0 errors / fill_left(0) requests
  {thing="a"} 0.3
  {thing="b"} 0
`);
  });

  test('copies labels from the one side', () => {
    holds(`
load 1m
  memory{thing="a", job="api"} 30
  memory{thing="a", job="agent"} 10
  total{thing="a", job="node", os="linux"} 100

eval instant at 0 memory / on (thing) group_left (os) total
  {thing="a", job="api", os="linux"} 0.3
  {thing="a", job="agent", os="linux"} 0.1

eval instant at 0 total / on (thing) memory
  expect fail msg: found duplicate series for the match group {thing="a"} on the right hand-side of the operation: [{__name__="memory", job="agent", thing="a"}, {__name__="memory", job="api", thing="a"}];many-to-many matching not allowed: matching labels must be unique on one side
`);
  });
});

describe('smoothed selectors', () => {
  test('interpolate between the samples before and after', () => {
    holds(`
load 10s
  temperature 10 20 _ 40

eval instant at 15s temperature smoothed
  temperature 25

eval instant at 35s temperature smoothed
  temperature 40
`);
  });
});

describe('durations', () => {
  test('are expressions', () => {
    holds(`
load 10s
  samples_total 0+10x30

eval instant at 200s count_over_time(samples_total[20s * 2 + 10])
  {} 5

eval range from 0 to 100s step 50s count_over_time(samples_total[max_of(step(), 20s)])
  {} 1 5 5

eval instant at 200s samples_total offset -(10s)
  samples_total 210

eval instant at 200s count_over_time(samples_total[step()])
  expect fail msg: duration must be greater than 0, got 0 ms
`);
  });
});

describe('info', () => {
  test('adds the labels of the newest info metric of a target', () => {
    holds(`
load 1m
  latency{instance="a", job="api"} 1 1
  latency{instance="b", job="api"} 2 2
  target_info{instance="a", job="api", version="1", region="eu"} 1 stale
  target_info{instance="a", job="api", version="2", region="eu"} _ 1
  build_info{instance="b", job="api", commit="f00"} 1 1

eval instant at 1m info(latency)
  latency{instance="a", job="api", version="2", region="eu"} 1
  latency{instance="b", job="api"} 2

eval instant at 1m info(latency, {version=~".+"})
  latency{instance="a", job="api", version="2"} 1

eval instant at 1m info(latency, {__name__="build_info", commit=~".*"})
  latency{instance="a", job="api"} 1
  latency{instance="b", job="api", commit="f00"} 2
`);
  });
});

describe('native histograms', () => {
  test('are rated, summed and asked for quantiles', () => {
    holds(`
load 10s
  latency{thing="a"} {{schema:0 count:0 sum:0 buckets:[0 0]}}+{{schema:0 count:4 sum:5 buckets:[0 4]}}x6
  latency{thing="b"} {{schema:0 count:0 sum:0 buckets:[0 0]}}+{{schema:0 count:4 sum:5 buckets:[4 0]}}x6

eval instant at 60s histogram_count(sum(increase(latency[1m])))
  {} 48

eval instant at 60s histogram_quantile(0.75, sum(rate(latency[1m])))
  {} 1.4142135623730951
`);
  });
});
