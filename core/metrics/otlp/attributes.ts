import type { Labels } from '../model.ts';

/**
 * Labels of a resource and OpenTelemetry's resource attributes: `job` is `service.name` and `instance` is
 * `service.instance.id`, as Prometheus maps them; all else keeps its name, characters a label cannot have become `_`.
 */
const ATTRIBUTE_OF: Labels = { job: 'service.name', instance: 'service.instance.id' };
const LABEL_OF: Labels = { 'service.name': 'job', 'service.instance.id': 'instance' };

export function toResourceAttributes(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [ATTRIBUTE_OF[name] ?? name, value]));
}

export function toResourceLabels(attributes: Labels): Labels {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [LABEL_OF[name] ?? labelName(name), value]),
  );
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A valid Prometheus label name: `http.route` becomes `http_route`. */
export function labelName(attribute: string): string {
  if (LABEL_NAME.test(attribute)) return attribute;
  const name = attribute.replace(/[^a-zA-Z0-9_]/g, '_');
  return /^[0-9]/.test(name) ? `key_${name}` : name;
}
