import type { Labels } from '../metrics/model.ts';
import { quote } from './strings.ts';

export const METRIC_NAME = '__name__';
/** What says of a series what it is: goes with the name when a function makes something else of it (PROM-39). */
const METADATA: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__']);
export const NO_LABELS: Labels = Object.freeze({});

const withoutName = new WeakMap<Labels, Labels>();

/** The labels without the metric's name. Remembered per object: series keep theirs from evaluation to evaluation. */
export function dropMetricName(labels: Labels): Labels {
  if (labels[METRIC_NAME] === undefined && labels.__type__ === undefined && labels.__unit__ === undefined)
    return labels;
  let known = withoutName.get(labels);
  if (!known) {
    const { [METRIC_NAME]: _name, __type__: _type, __unit__: _unit, ...rest } = labels;
    known = rest;
    withoutName.set(labels, known);
  }
  return known;
}

/** With one label set; an empty value removes it. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  if (value !== '') return { ...labels, [name]: value };
  const { [name]: _removed, ...rest } = labels;
  return rest;
}

/** Only these labels. */
export function keepLabels(labels: Labels, names: readonly string[]): Labels {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return kept;
}

/** All labels but these and the metric's name. */
export function omitLabels(labels: Labels, names: readonly string[]): Labels {
  const kept: Record<string, string> = {};
  for (const name in labels) {
    const value = labels[name];
    if (!METADATA.has(name) && value !== undefined && value !== '' && !names.includes(name)) kept[name] = value;
  }
  return kept;
}

/** A text equal for label sets equal in these labels. */
export function keyOn(labels: Labels, names: readonly string[]): string {
  let key = '';
  for (const name of names) key += `${labels[name] ?? ''}\u0000`;
  return key;
}

/** A text equal for label sets equal in all labels but these and the metric's name. */
export function keyIgnoring(labels: Labels, names: readonly string[]): string {
  let key = '';
  for (const name of sortedNames(labels)) {
    if (!METADATA.has(name) && !names.includes(name)) key += `${name}\u0001${labels[name]}\u0000`;
  }
  return key;
}

/** A text equal for equal label sets, the metric's name included. */
export function keyOfAll(labels: Labels): string {
  let key = '';
  for (const name of sortedNames(labels)) key += `${name}\u0001${labels[name]}\u0000`;
  return key;
}

const sorted = new WeakMap<Labels, readonly string[]>();

/** Names of the labels with a value, in order. Remembered per object. */
function sortedNames(labels: Labels): readonly string[] {
  let names = sorted.get(labels);
  if (!names) {
    names = Object.keys(labels)
      .filter((name) => labels[name] !== '')
      .sort();
    sorted.set(labels, names);
  }
  return names;
}

/** Order of label sets, as Prometheus sorts them: by name and value, label by label. */
export function compareLabels(a: Labels, b: Labels): number {
  const [left, right] = [sortedNames(a), sortedNames(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const [nameA = '', nameB = ''] = [left[i], right[i]];
    if (nameA !== nameB) return nameA < nameB ? -1 : 1;
    const [valueA = '', valueB = ''] = [a[nameA], b[nameB]];
    if (valueA !== valueB) return valueA < valueB ? -1 : 1;
  }
  return left.length - right.length;
}

/** `name{a="1", b="2"}`, as Prometheus writes a series. */
export function formatLabels(labels: Labels): string {
  const name = labels[METRIC_NAME] ?? '';
  const rest = sortedNames(labels).filter((label) => label !== METRIC_NAME);
  if (rest.length === 0 && name !== '') return name;
  return `${name}{${rest.map((label) => `${label}=${quote(labels[label] ?? '')}`).join(', ')}}`;
}

/** `{__name__="x", a="1"}`: with the metric's name as a label. */
export function formatLabelSet(labels: Labels): string {
  return `{${sortedNames(labels)
    .map((label) => `${label}=${quote(labels[label] ?? '')}`)
    .join(', ')}}`;
}
