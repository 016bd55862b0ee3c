import { classicQuantileOverTime } from '../shapes/classic-quantile-over-time.ts';
import { rateOverTime } from '../shapes/rate-over-time.ts';

/** The platform's API, as it tells on its own `/metrics`. */

const REQUESTS = 'http_request_duration_seconds';
const where = { job: 'neural-api' } as const;

export const apiResponseP95 = classicQuantileOverTime(REQUESTS, {
  name: 'API response time, 95th percentile',
  legend: '95th percentile',
  percentile: 95,
  where,
});

export const apiResponseMedian = classicQuantileOverTime(REQUESTS, {
  name: 'API response time, median',
  legend: 'Median',
  percentile: 50,
  where,
});

export const apiRequests = rateOverTime(`${REQUESTS}_count`, {
  name: 'API requests per second by status',
  legend: '{{status}}',
  by: ['status'],
  where,
});
