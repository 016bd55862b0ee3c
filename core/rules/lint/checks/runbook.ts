import { alertCheck } from '../check.ts';

/** Whoever is woken by the alert must learn what to do. */
export const runbook = alertCheck('runbook', function* (rule, { places, surroundings }) {
  const url = rule.annotations.runbook_url ?? '';
  if (url === '') {
    yield {
      severity: 'warning',
      place: places.field('alert'),
      what: `${rule.name} has no annotation runbook_url`,
      why: 'whoever is woken by it must find out alone what it means and what to do',
      todo: `write a section and lead there: runbook_url: docs/runbook.md#${rule.name.toLowerCase()}`,
    };
    return;
  }
  // Only pages that are here can be looked at; a template may become anything.
  if (/^[a-z][a-z0-9+.-]*:/i.test(url) || url.includes('{{') || !surroundings.anchorsOf) return;
  const [page = '', anchor = ''] = url.split('#');
  const anchors = surroundings.anchorsOf(page);
  if (anchors?.has(anchor) || (anchors && anchor === '')) return;
  yield {
    severity: 'error',
    place: places.field('annotations', 'runbook_url'),
    what: anchors ? `${page} has no section #${anchor}` : `there is no page ${page}`,
    why: 'the link in the notification leads nowhere',
    todo: anchors ? `add the section ## ${rule.name} to ${page}` : 'correct the path; it is relative to the project',
  };
});
