import { PromqlSyntaxError } from '../promql/errors.ts';
import { parsePromql } from '../promql/parser.ts';
import { type YamlFields, type YamlNode, YamlReader } from '../yaml/reader.ts';
import type { Exclusion, Slo } from './model.ts';

const FIELDS = ['name', 'description', 'objective', 'period', 'by', 'good', 'total', 'leastData', 'exclude'] as const;
const NAME = /^[a-z][a-z0-9-]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** As long as one of them stays, a rule runs at the edge, and an agent looks back for a day at most. */
const AGENT_LABELS: readonly string[] = ['thing', 'instance', 'device_id'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/;
const DAY_MS = 86_400_000;
/** The longest window is three days: a shorter period would be spent within it. */
const LEAST_PERIOD_MS = 7 * DAY_MS;
const MOST_PERIOD_MS = 90 * DAY_MS;

/**
 * Reads `slos.yaml`.
 * @throws ConfigurationError with every problem of the file
 */
export function parseSlos(text: string, file = 'slos.yaml'): readonly Slo[] {
  const yaml = new YamlReader(file, text);
  const root = yaml.fields(yaml.root, file, ['slos']);
  const slos = yaml.items(root.get('slos'), 'slos').map((node) => readSlo(yaml, node));
  slos.forEach(({ name }, i) => {
    if (slos.findIndex((other) => other.name === name) === i) return;
    yaml.problem(
      yaml.items(root.get('slos'), 'slos')[i],
      `slo ${JSON.stringify(name)} is there twice: names are unique`,
    );
  });
  yaml.finish();
  return slos;
}

function readSlo(yaml: YamlReader, node: YamlNode): Slo {
  const fields = yaml.fields(node, 'a slo', FIELDS);
  const name = required(yaml, node, fields, 'name');
  if (name !== '' && !NAME.test(name))
    yaml.problem(
      fields.get('name'),
      `name is ${JSON.stringify(name)}; it must be lower-case letters, digits and dashes`,
    );
  const periodMs = fields.has('period') ? (yaml.durationMs(fields.get('period'), 'period') ?? 0) : 30 * DAY_MS;
  if (periodMs < LEAST_PERIOD_MS || periodMs > MOST_PERIOD_MS)
    yaml.problem(fields.get('period'), 'period must be from 7d to 90d: burn rates look back three days at most');
  const by = yaml.texts(fields.get('by'), 'by');
  for (const label of by) {
    if (!LABEL.test(label)) yaml.problem(fields.get('by'), `by names ${JSON.stringify(label)}, which is no label name`);
    if (AGENT_LABELS.includes(label))
      yaml.problem(
        fields.get('by'),
        `by names ${label}: windows of days are kept in the cloud, and a budget for each ${label} would be kept by the ` +
          'agent; name labels such as tenant, site or device_type',
      );
  }
  return {
    name,
    description: required(yaml, node, fields, 'description'),
    objective: share(yaml, node, fields, 'objective', undefined),
    periodMs,
    by,
    good: selector(yaml, node, fields, 'good'),
    total: selector(yaml, node, fields, 'total'),
    leastData: share(yaml, node, fields, 'leastData', 0.5),
    exclude: yaml.items(fields.get('exclude'), 'exclude').flatMap((item) => exclusion(yaml, item) ?? []),
  };
}

function required(yaml: YamlReader, node: YamlNode, fields: YamlFields, field: string): string {
  const text = yaml.text(fields.get(field), field);
  if (!text) yaml.problem(fields.get(field) ?? node, `a slo needs ${field}`);
  return text ?? '';
}

/** `99%` or `0.99`. */
function share(yaml: YamlReader, node: YamlNode, fields: YamlFields, field: string, fallback: number | undefined) {
  const text = yaml.text(fields.get(field), field);
  if (text === undefined && fallback !== undefined) return fallback;
  const number = text?.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text ?? Number.NaN);
  const isValid = number > 0 && (number < 1 || (fallback !== undefined && number === 1));
  if (!isValid)
    yaml.problem(
      fields.get(field) ?? node,
      `${field} is ${JSON.stringify(text ?? null)}; write a share such as 99% or 0.99, above 0 and below 1`,
    );
  return Number(number.toPrecision(12));
}

function selector(yaml: YamlReader, node: YamlNode, fields: YamlFields, field: string): string {
  const text = required(yaml, node, fields, field);
  if (text === '') return text;
  const at = fields.get(field);
  try {
    if (parsePromql(text).kind === 'selector') return text;
    yaml.problem(at, `${field} is ${JSON.stringify(text)}; it must be a selector of counters: name{label="value"}`);
  } catch (error) {
    if (!(error instanceof PromqlSyntaxError)) throw error;
    yaml.problem(at, `${field}: ${error.detail}`);
  }
  return text;
}

function exclusion(yaml: YamlReader, node: YamlNode): Exclusion | undefined {
  const fields = yaml.fields(node, 'an exclusion', ['reason', 'from', 'to', 'days']);
  const reason = yaml.text(fields.get('reason'), 'reason');
  if (!reason)
    yaml.problem(fields.get('reason') ?? node, 'an exclusion needs a reason: who reads the report must know');
  const from = yaml.text(fields.get('from'), 'from') ?? '';
  const to = yaml.text(fields.get('to'), 'to') ?? '';
  if (!fields.has('days')) {
    const fromMs = instant(from);
    const toMs = instant(to);
    if (fromMs < toMs) return { kind: 'once', reason: reason ?? '', fromMs, toMs };
    yaml.problem(node, 'from and to must be times such as 2026-12-01T08:00:00Z, from before to; or name days as well');
    return undefined;
  }
  const days = yaml
    .texts(fields.get('days'), 'days')
    .map((day) => (DAYS as readonly string[]).indexOf(day.toLowerCase()));
  if (days.includes(-1) || days.length === 0)
    yaml.problem(fields.get('days'), `days must be a list of ${DAYS.join(', ')}`);
  if (!TIME_OF_DAY.test(from) || !TIME_OF_DAY.test(to) || from >= to) {
    yaml.problem(node, 'with days, from and to must be times of the day in UTC such as "06:00", from before to');
    return undefined;
  }
  return { kind: 'weekly', reason: reason ?? '', days, fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

/** NaN unless the text names its offset: a time without one is another time elsewhere. */
function instant(text: string): number {
  return /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}
