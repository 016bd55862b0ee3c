import { describe, expect, test } from '@jest/globals';
import { expandPromql, expandTimestream, rateWindowMs } from '../../dashboards/macros.ts';

const VIEW = { fromMs: 1_000_000, toMs: 1_900_000, intervalMs: 10_000 };

describe('macros of the Timestream data source', () => {
  test('limit the time as the plugin does', () => {
    expect(expandTimestream('WHERE $__timeFilter', VIEW)).toBe(
      'WHERE time BETWEEN from_milliseconds(1000000) AND from_milliseconds(1900000)',
    );
    expect(expandTimestream('$__timeTo', VIEW)).toBe('1900000');
  });

  test('give the interval as a duration literal, a whole number of milliseconds', () => {
    expect(expandTimestream('bin(time, $__interval_ms)', VIEW)).toBe('bin(time, 10000ms)');
    expect(expandTimestream('$__interval_ms', { ...VIEW, intervalMs: 0.2 })).toBe('1ms');
  });

  test('keep a chosen thing inside its literal', () => {
    const filter = `'^(\${thing:regex})$'`;
    expect(expandTimestream(filter, VIEW)).toBe("'^(.*)$'");
    expect(expandTimestream(filter, { ...VIEW, thing: "lab' OR '1'='1" })).toBe("'^(lab'' OR ''1''=''1)$'");
  });
});

describe('macros of the Prometheus data source', () => {
  test('widen the window of a rate to four publish intervals at least', () => {
    expect(rateWindowMs(1_000)).toBe(40_000);
    expect(rateWindowMs(60_000)).toBe(70_000);
    expect(expandPromql('rate(a[$__rate_interval])', VIEW)).toBe('rate(a[40000ms])');
  });

  test('give the interval beside the window that is named alike', () => {
    expect(expandPromql('sum_over_time(a[$__interval]) + rate(b[$__rate_interval])', VIEW)).toBe(
      'sum_over_time(a[10000ms]) + rate(b[40000ms])',
    );
  });

  test('give the range in seconds', () => {
    expect(expandPromql('increase(a[$__range])', VIEW)).toBe('increase(a[900s])');
  });

  test('keep a chosen thing inside its string', () => {
    expect(expandPromql('a{thing=~"$thing"}', VIEW)).toBe('a{thing=~".*"}');
    expect(expandPromql('a{thing=~"$thing"}', { ...VIEW, thing: 'lab\\-1"}' })).toBe('a{thing=~"lab\\\\-1\\"}"}');
  });
});
