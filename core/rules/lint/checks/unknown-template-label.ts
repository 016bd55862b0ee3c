import { alertCheck } from '../check.ts';
import { labelsOf, STAMPED } from '../labels.ts';

const REFERENCE = /\$labels\.([a-zA-Z_]\w*)/g;
const ACTION = /\{\{.*?\}\}/gs;

/** A text that names a label which the alert cannot have. */
export const unknownTemplateLabel = alertCheck('unknown-template-label', function* (rule, { metrics, places, plan }) {
  const { possible } = labelsOf(rule.query, metrics);
  if (!possible) return;
  const fields = (['labels', 'annotations'] as const).flatMap((field) =>
    Object.entries(rule[field]).map(([key, text]) => ({ field, key, text })),
  );
  const uses = fields.flatMap(({ field, key, text }) => {
    const actions = [...text.matchAll(ACTION)].map(([action]) => action).join(' ');
    return [...actions.matchAll(REFERENCE)].map(([, label = '']) => ({ field, key, label }));
  });
  for (const label of new Set(uses.map((use) => use.label))) {
    const isStamped = (STAMPED as readonly string[]).includes(label);
    if (possible.has(label) && !(isStamped && plan.where === 'edge')) continue;
    const [first, ...others] = uses.filter((use) => use.label === label);
    if (!first) continue;
    const are = [...possible].filter((one) => one !== 'clock').sort();
    const texts = [...new Set([first, ...others].map(({ key }) => key))];
    yield {
      severity: 'warning',
      place: places.field(first.field, first.key),
      what: `{{ $labels.${label} }} in ${texts.join(' and ')}: the alert has no such label`,
      why: possible.has(label)
        ? 'the text is made in the agent, before the cloud stamps tenant and site: it stays empty'
        : 'it stays empty in what people read',
      todo:
        are.length === 0
          ? 'aggregate by the label, or take it out of the text'
          : `use one of ${are.join(', ')}; or keep the label in the expression`,
    };
  }
});
