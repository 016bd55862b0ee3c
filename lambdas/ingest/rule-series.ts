import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { fullLabels, type Labels, type Point } from '../../core/metrics/model.ts';
import { type Matcher, matcher, matches } from '../../core/promql/matchers.ts';
import type { CloudSeries } from '../../core/rules/cloud-series.ts';
import { type RuleWindowItem, toItem } from '../shared/rule-window.ts';
import type { StampedGroup } from '../shared/stores/metric-store.ts';

/** DynamoDB's limit on one batch. */
const ITEMS_PER_WRITE = 25;

/**
 * Tells the points that some cloud rule selects.
 * @param series made from the rules when the function was bundled, so that the parsers stay out of the bundle
 */
export function cloudSelection(series: readonly CloudSeries[]): (point: Point, labels: Labels) => boolean {
  const byMetric = new Map<string, Matcher[][]>();
  for (const { metric, matchers } of series) {
    const compiled = matchers.map(({ name, op, value }) => matcher(name, op, value));
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), compiled]);
  }
  return (point, labels) => byMetric.get(point.name)?.some((matchers) => matches(labels, matchers)) ?? false;
}

/** @param file `cloud-series.json`, relative to the bundle */
export function readCloudSeries(file: string): CloudSeries[] {
  return JSON.parse(readFileSync(path.resolve(import.meta.dirname, file), 'utf8')) as CloudSeries[];
}

/** An instance remembers what it wrote in so many minutes of each series: late samples come for minutes that are over. */
const REMEMBERED_MINUTES = 5;

/**
 * Keeps the values that cloud rules look at: the earliest point of a series in each minute of the clock, as such rules
 * are evaluated once a minute. The earliest and not the first to come, so that what is kept does not depend on the order
 * of arrival. What this instance has written it does not write again.
 */
export function keepForRules(
  client: DynamoDBClient,
  table: string,
  series: readonly CloudSeries[],
  nowMs: () => number,
) {
  const isSelected = cloudSelection(series);
  /** By series: the time of what was written, by partition. */
  const written = new Map<string, Map<string, number>>();
  const seriesOf = ({ name, sk }: RuleWindowItem): string => `${name} ${sk}`;

  async function write(items: readonly RuleWindowItem[]): Promise<void> {
    let requests = items.map((item) => ({ PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) } }));
    while (requests.length > 0) {
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
      );
      const left = (UnprocessedItems?.[table] ?? []) as typeof requests;
      if (left.length === requests.length)
        throw new Error(`${table} took none of ${left.length} items: it is throttled`);
      requests = left;
    }
  }

  function remember(item: RuleWindowItem): void {
    const minutes = written.get(seriesOf(item)) ?? new Map<string, number>();
    minutes.set(item.pk, item.timeMs);
    const [oldest] = minutes.keys();
    if (minutes.size > REMEMBERED_MINUTES && oldest !== undefined) minutes.delete(oldest);
    written.set(seriesOf(item), minutes);
  }

  return async (stamped: readonly StampedGroup[]): Promise<void> => {
    const items = new Map<string, RuleWindowItem>();
    for (const { resource, points } of stamped) {
      for (const point of points) {
        if (point.kind === 'rollup') continue;
        const labels = fullLabels(resource, point.labels);
        if (!isSelected(point, labels)) continue;
        const item = toItem(point, labels, nowMs());
        const key = `${item.pk} ${item.sk}`;
        const known = items.get(key)?.timeMs ?? written.get(seriesOf(item))?.get(item.pk);
        if (known === undefined || item.timeMs < known) items.set(key, item);
      }
    }
    const list = [...items.values()];
    for (let i = 0; i < list.length; i += ITEMS_PER_WRITE) await write(list.slice(i, i + ITEMS_PER_WRITE));
    for (const item of list) remember(item);
  };
}
