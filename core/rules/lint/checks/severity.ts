import { SEVERITIES, SEVERITY_SYNONYMS } from '../../../alerting/severity.ts';
import { didYouMean } from '../../../yaml/did-you-mean.ts';
import { alertCheck } from '../check.ts';

/** Routes and channels look at the label `severity`. */
export const severity = alertCheck('severity', function* (rule, { places }) {
  const text = rule.labels.severity ?? '';
  const known = [...SEVERITIES, ...Object.keys(SEVERITY_SYNONYMS)];
  if (text.includes('{{') || known.includes(text.toLowerCase())) return;
  yield {
    severity: text === '' ? 'warning' : 'error',
    place: places.field('labels', 'severity'),
    what: text === '' ? `${rule.name} has no label severity` : `severity is ${JSON.stringify(text)}`,
    why: 'it counts as a warning, whatever it is about: routes and channels know it by this label',
    todo: text === '' ? `add one: ${SEVERITIES.join(', ')}; none for what is no alert` : didYouMean(text, known),
  };
});
