import type { YamlFields, YamlNode, YamlReader } from '../../yaml/reader.ts';

/**
 * What Alertmanager asks of each kind of integration before it accepts a configuration: which settings it needs, and
 * which contradict each other. Source: its documentation, "Receiver integration settings".
 */
interface Integration {
  /** Settings without which nothing can be sent. */
  readonly required?: readonly string[];
  /** Of each list exactly one: in the receiver, or else in `global` under the name on the right. */
  readonly oneOf?: readonly (readonly Alternative[])[];
}

/** A setting of the receiver, and the setting of `global` that serves in its place; none where there is no such. */
type Alternative = readonly [own: string, global?: string];

/** A secret given in place or by file: `api_key` or `api_key_file`, in `global` with the prefix. */
function secret(name: string, globalName?: string): readonly Alternative[] {
  return globalName === undefined
    ? [[name], [`${name}_file`]]
    : [
        [name, globalName],
        [`${name}_file`, `${globalName}_file`],
      ];
}

const INTEGRATION_RULES: Readonly<Record<string, Integration>> = {
  discord: { oneOf: [secret('webhook_url')] },
  email: { required: ['to'], oneOf: [[['smarthost', 'smtp_smarthost']], [['from', 'smtp_from']]] },
  incidentio: { oneOf: [secret('url')] },
  jira: { required: ['project', 'issue_type'], oneOf: [[['api_url', 'jira_api_url']]] },
  mattermost: { oneOf: [secret('webhook_url', 'mattermost_webhook_url')] },
  msteams: { oneOf: [secret('webhook_url')] },
  msteamsv2: { oneOf: [secret('webhook_url')] },
  opsgenie: { oneOf: [secret('api_key', 'opsgenie_api_key')] },
  pagerduty: { oneOf: [[...secret('routing_key'), ...secret('service_key')]] },
  pushover: { oneOf: [secret('user_key'), secret('token')] },
  rocketchat: { oneOf: [secret('token', 'rocketchat_token'), secret('token_id', 'rocketchat_token_id')] },
  sns: { oneOf: [[['topic_arn'], ['target_arn'], ['phone_number']]] },
  telegram: { required: ['chat_id'], oneOf: [secret('bot_token', 'telegram_bot_token')] },
  victorops: { required: ['routing_key'], oneOf: [secret('api_key', 'victorops_api_key')] },
  webex: { required: ['room_id', 'http_config'] },
  webhook: { oneOf: [secret('url')] },
  wechat: {
    oneOf: [secret('api_secret', 'wechat_api_secret'), [['corp_id', 'wechat_api_corp_id']]],
  },
};

/** A password is optional, but not twice. */
const AT_MOST_ONE: Readonly<Record<string, readonly (readonly Alternative[])[]>> = {
  email: [secret('auth_password', 'smtp_auth_password'), secret('auth_secret', 'smtp_auth_secret')],
};

/** Where apps of Slack post; with it, a token and an address belong together instead of excluding each other. */
const SLACK_APP_URL = 'https://slack.com/api/chat.postMessage';

/** Notes what is missing or contradictory in one `*_configs` entry of a receiver. */
export function checkIntegration(yaml: YamlReader, kind: string, node: YamlNode, global: YamlFields): void {
  const own = yaml.fields(node, `the ${kind} config`);
  if (kind === 'slack') {
    checkSlack(yaml, node, own, global);
    return;
  }
  const { required = [], oneOf = [] } = INTEGRATION_RULES[kind] ?? {};
  for (const name of required) if (!own.has(name)) yaml.problem(node, `the ${kind} config needs ${name}`);
  for (const alternatives of oneOf) {
    const given = givenOf(alternatives, own, global);
    if (given.length === 0) yaml.problem(node, `the ${kind} config needs ${listOf(alternatives)}`);
    if (given.length > 1) yaml.problem(node, `the ${kind} config has ${given.join(' and ')}: give one of them`);
  }
  for (const alternatives of AT_MOST_ONE[kind] ?? []) {
    const given = givenOf(alternatives, own, global);
    if (given.length > 1) yaml.problem(node, `the ${kind} config has ${given.join(' and ')}: give one of them`);
  }
}

/** The receiver's own settings, or where it has none the global ones. */
function givenOf(alternatives: readonly Alternative[], own: YamlFields, global: YamlFields): string[] {
  const names = alternatives.map(([name]) => name).filter((name) => own.has(name));
  if (names.length > 0) return names;
  return alternatives.flatMap(([, name]) => (name !== undefined && global.has(name) ? [`global ${name}`] : []));
}

function listOf(alternatives: readonly Alternative[]): string {
  return alternatives
    .map(([own, global]) => (global === undefined ? own : `${own} (or global ${global})`))
    .join(' or ');
}

/** A webhook's address, or a token of an app; the app's own address goes with its token. */
function checkSlack(yaml: YamlReader, node: YamlNode, own: YamlFields, global: YamlFields): void {
  const addresses = secret('api_url', 'slack_api_url');
  const tokens = secret('app_token', 'slack_app_token');
  // Authorisation by header, or an app's address, says how to post without either.
  if (own.has('http_config') || own.has('app_url')) return;
  const usesOwn = [...addresses, ...tokens].some(([name]) => own.has(name));
  const nothing: YamlFields = new Map();
  const address = givenOf(addresses, own, usesOwn ? nothing : global);
  const token = givenOf(tokens, own, usesOwn ? nothing : global);
  if (address.length + token.length === 0) {
    const needs = listOf([...addresses, ...tokens]);
    yaml.problem(
      node,
      `the slack config needs ${needs}; a receiver without *_configs takes the address from the secret`,
    );
  }
  const postsAsApp = yaml.text(global.get('slack_api_url') ?? null, 'slack_api_url') === SLACK_APP_URL;
  const given = [...address, ...token];
  if (address.length > 1 || token.length > 1 || (given.length > 1 && !postsAsApp)) {
    yaml.problem(node, `the slack config has ${given.join(' and ')}: give one of them`);
  }
}
