import { describe, expect, test } from '@jest/globals';
import { parseTemplates } from '../../../core/alerting/templates/templates.ts';
import type { GroupRecord } from '../../../core/escalation/group.ts';
import type { Notification } from '../../../core/escalation/notification.ts';
import { textsOf } from '../../../core/escalation/texts.ts';
import { T0, Timeline } from '../../support/escalation-timeline.ts';

const templates = parseTemplates([
  { name: 'team.tmpl', text: '{{ define "team.title" }}{{ .Status | toUpper }} {{ .GroupLabels.alertname }}{{ end }}' },
]);
const NOTIFICATION: Notification = { key: 'k', kind: 'trigger', channel: 'slack', level: 1, episode: 1, round: 0 };

function receiver(...slack: Record<string, unknown>[]) {
  const integrations = slack.map((settings, i) => ({
    kind: 'slack',
    key: `slack[${i}]`,
    sendResolved: true,
    settings,
  }));
  return { name: 'team', integrations };
}

function group(): GroupRecord {
  const lab = new Timeline();
  lab.alert('firing', 'A');
  lab.alert('firing', 'B');
  lab.alert('resolved', 'B');
  if (!lab.group) throw new Error('there is no group');
  return lab.group;
}

function texts(of: ReturnType<typeof receiver>, notification: Partial<Notification> = {}, record = group()) {
  return textsOf(record, { ...NOTIFICATION, ...notification }, of, templates, T0);
}

describe('the words of a notification', () => {
  test('are those of its receiver, rendered by the templates', () => {
    const settings = { title: '{{ template "team.title" . }}', text: '{{ len .Alerts.Firing }} on' };
    expect(texts(receiver(settings))).toEqual({ title: 'FIRING A', text: '1 on', problems: [] });
  });

  test('are those of the integration that it is for', () => {
    const both = receiver({ title: 'first' }, { title: 'second' });
    expect(texts(both, { integration: 'slack[1]' })?.title).toBe('second');
    expect(texts(both)?.title).toBe('first');
  });

  test('are ours where the receiver says nothing, on another channel, and for what Alertmanager does not know', () => {
    expect(texts(receiver({}))).toBeUndefined();
    expect(texts(receiver({ title: 'theirs' }), { channel: 'sms' })).toBeUndefined();
    expect(texts(receiver({ title: 'theirs' }), { kind: 'acknowledged' })).toBeUndefined();
  });

  test('are ours where a template fails, and the problem has its place', () => {
    const { title, text, problems } = texts(receiver({ title: '{{ .Nope }}', text: 'theirs' })) ?? { problems: [] };
    expect({ title, text }).toEqual({ title: undefined, text: 'theirs' });
    expect(problems).toEqual([expect.stringContaining('slack[0].title:1:')]);
  });

  test('name nobody, in whatever form a template puts it', () => {
    const record = group();
    const [[fingerprint, member] = ['', undefined]] = Object.entries(record.members);
    if (!member) throw new Error('there is no member');
    const labels = { ...member.labels, participant: 'Ada Lovelace' };
    const named = { ...record, members: { ...record.members, [fingerprint]: { ...member, labels } } };
    const text = '{{ range .Alerts }}{{ range .Labels.SortedPairs }}{{ .Value | toUpper }} {{ end }}{{ end }}';
    const rendered = texts(receiver({ text }), {}, named)?.text ?? '';
    expect(rendered).toContain('CRITICAL');
    expect(rendered).not.toMatch(/ada|lovelace/i);
  });
});
