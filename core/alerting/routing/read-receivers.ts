import type { YamlFields, YamlNode, YamlReader } from '../../yaml/reader.ts';
import type { Integration, Receiver } from './config.ts';
import { checkIntegration } from './integrations.ts';
import { checkSettings } from './known-settings.ts';

/** Alertmanager's kinds of integration, and whether each tells of resolved alerts unless told otherwise. */
const SENDS_RESOLVED: Readonly<Record<string, boolean>> = {
  discord: true,
  email: false,
  incidentio: true,
  jira: true,
  mattermost: true,
  msteams: true,
  msteamsv2: true,
  opsgenie: true,
  pagerduty: true,
  pushover: true,
  rocketchat: false,
  slack: false,
  sns: true,
  telegram: true,
  victorops: true,
  webex: true,
  webhook: true,
  wechat: false,
};
const KINDS = Object.keys(SENDS_RESOLVED);
/** To these we send; the others are understood and warned of. */
export const SENT_KINDS: readonly string[] = ['slack', 'pagerduty', 'sns', 'webhook', 'email', 'opsgenie', 'jira'];
const FIELDS = ['name', ...KINDS.map((kind) => `${kind}_configs`)];
/** Addresses and keys are in the channels' secret; what a file may hold of them goes no further than the check. */
const CONFIDENTIAL =
  /^(api_|app_|webhook_)?url(_file)?$|(^|_)(key|token|secret|password|username|identity)(_id)?(_file)?$|^(http_config|tls_config|sigv4|smarthost)$/;

/** Reads the receivers and what each sends to. */
export function readReceivers(yaml: YamlReader, list: YamlNode, global: YamlFields): Receiver[] {
  const receivers: Receiver[] = [];
  for (const node of yaml.items(list, 'receivers')) {
    const fields = yaml.fields(node, 'a receiver', FIELDS);
    const name = yaml.text(fields.get('name'), 'the name of a receiver') ?? '';
    if (name === '') yaml.problem(node, 'a receiver has no name');
    if (receivers.some((other) => other.name === name)) yaml.problem(node, `two receivers are named "${name}"`);
    const integrations = KINDS.flatMap((kind) => {
      const configs = yaml.items(fields.get(`${kind}_configs`), `${kind}_configs`);
      if (configs.length > 0 && !SENT_KINDS.includes(kind)) {
        const sent = SENT_KINDS.join(', ');
        yaml.warning(
          fields.get(`${kind}_configs`),
          `receiver "${name}": nothing is sent to ${kind}; channels are ${sent}`,
        );
      }
      return configs.map((config, i) => readIntegration(yaml, kind, i, config, global));
    });
    receivers.push({ name, integrations });
  }
  return receivers;
}

function readIntegration(
  yaml: YamlReader,
  kind: string,
  index: number,
  node: YamlNode,
  global: YamlFields,
): Integration {
  checkSettings(yaml, kind, node);
  checkIntegration(yaml, kind, node, global);
  const fields = yaml.fields(node, `the ${kind} config`);
  const sendResolved = yaml.boolean(fields.get('send_resolved'), 'send_resolved') ?? SENDS_RESOLVED[kind] ?? true;
  const settings: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    if (name !== 'send_resolved' && !CONFIDENTIAL.test(name)) settings[name] = yaml.plain(value);
  }
  return { kind, key: `${kind}[${index}]`, sendResolved, settings };
}
