import { counterShareOverTime } from '../shapes/counter-share.ts';

/** The platform's cache. */

export const cacheHitRatio = counterShareOverTime('cache_hits_total', 'cache_misses_total', {
  name: 'cache hit ratio by cache',
  legend: '{{cache}}',
  by: ['cache'],
});
