import { alertCheck } from '../check.ts';

const ACTION = /\{\{(.*?)\}\}/gs;
const CHANGING = /\$value|\.Value\b|\bquery\b/;

/** A value in a label: labels are what an alert is known by. */
export const valueInLabel = alertCheck('value-in-label', function* (rule, { places }) {
  for (const [label, text] of Object.entries(rule.labels)) {
    const changing = [...text.matchAll(ACTION)].find(([, inside = '']) => CHANGING.test(inside));
    if (!changing) continue;
    yield {
      severity: 'error',
      place: places.field('labels', label),
      what: `label ${label} has a value that changes: ${changing[0]}`,
      why: 'labels are what an alert is known by: with each value another alert begins, so for is never over, and each notifies anew',
      todo: 'move it to an annotation',
    };
  }
});
