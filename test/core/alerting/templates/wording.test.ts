import { describe, expect, test } from '@jest/globals';
import { parseTemplates } from '../../../../core/alerting/templates/templates.ts';
import { worded } from '../../../../core/alerting/templates/wording.ts';
import type { Message } from '../../../../core/notifications/message.ts';
import { DATA, NOW_MS } from './fixtures.ts';

const MESSAGE: Message = {
  key: 'e1.r0.L1.slack',
  kind: 'trigger',
  title: 'our title',
  severity: 'critical',
  summary: 'our summary',
  description: 'our description',
  facts: [],
  alerts: DATA.alerts.map(({ fingerprint, status, labels, annotations, startsAtMs }) => ({
    fingerprint,
    status: status === 'firing' ? 'unknown' : 'resolved',
    labels,
    annotations,
    startsAtMs,
    value: 1,
  })),
  moreAlerts: 0,
  groupId: 'g',
  generation: 1,
  episode: 1,
  receiver: 'team',
  groupLabels: DATA.groupLabels,
  source: 'lab-1',
  openedAtMs: 0,
};
const templates = parseTemplates([]);
const receiver = (settings: Record<string, unknown>) => ({
  name: 'team',
  integrations: [{ kind: 'slack', key: 'slack[0]', sendResolved: true, settings }],
});
const word = (settings: Record<string, unknown>, message = MESSAGE, channel: 'slack' | 'sms' = 'slack') =>
  worded(message, channel, { templates, receiver: receiver(settings) }, 'http://monitor', NOW_MS);

describe('a message in the words of its receiver', () => {
  test('has its title and text; what is unknown counts as firing', () => {
    const settings = { title: '{{ template "slack.default.title" . }}', text: '{{ len .Alerts.Resolved }} over' };
    const { message, problems } = word(settings);
    expect(message).toMatchObject({ title: '[FIRING:2] ElectrodeOff (critical)', description: '1 over', summary: '' });
    expect(problems).toEqual([]);
  });

  test('keeps ours where the receiver says nothing, on another channel, and for what Alertmanager does not know', () => {
    expect(word({}).message).toEqual(MESSAGE);
    expect(word({ title: 'theirs' }, MESSAGE, 'sms').message).toEqual(MESSAGE);
    const acknowledged = { ...MESSAGE, kind: 'acknowledged' as const };
    expect(word({ title: 'theirs' }, acknowledged).message).toEqual(acknowledged);
  });

  test('keeps ours where a template is wrong: it goes out nevertheless, and the problem is told', () => {
    const { message, problems } = word({ title: '{{ .Nope }}', text: 'theirs' });
    expect(message).toMatchObject({ title: 'our title', description: 'theirs' });
    expect(problems).toHaveLength(1);
  });
});
