import { didYouMean } from '../../yaml/did-you-mean.ts';
import type { YamlNode, YamlReader } from '../../yaml/reader.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Settings of the integrations to which we send, as Alertmanager's documentation lists them. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  email: words(`to from smarthost hello auth_username auth_password auth_password_file auth_secret auth_secret_file
    auth_identity require_tls tls_config force_implicit_tls html text headers threading`),
  jira: words(`api_url api_type project summary description labels priority issue_type resolve_transition
    reopen_transition wont_fix_resolution reopen_duration fields`),
  opsgenie: words(`api_key api_key_file api_url message description source details responders tags note priority
    update_alerts entity actions`),
  pagerduty: words(`routing_key routing_key_file service_key service_key_file url client client_url description
    severity source details images links component group class timeout`),
  slack: words(`api_url api_url_file app_token app_token_file app_url channel icon_emoji icon_url link_names username
    actions callback_id color fallback fields footer mrkdwn_in pretext short_fields text title title_link image_url
    thumb_url message_text update_message timeout`),
  sns: words('api_url sigv4 topic_arn subject phone_number target_arn message attributes'),
  webhook: words('url url_file max_alerts timeout payload'),
};
const OF_ALL = ['send_resolved', 'http_config'];

const GLOBAL = words(`resolve_timeout http_config jira_api_url smtp_from smtp_hello smtp_smarthost smtp_auth_username
  smtp_auth_password smtp_auth_password_file smtp_auth_secret smtp_auth_secret_file smtp_auth_identity smtp_require_tls
  smtp_tls_config smtp_force_implicit_tls slack_api_url slack_api_url_file slack_app_token slack_app_token_file
  slack_app_url pagerduty_url opsgenie_api_url opsgenie_api_key opsgenie_api_key_file wechat_api_url wechat_api_secret
  wechat_api_secret_file wechat_api_corp_id victorops_api_url victorops_api_key victorops_api_key_file telegram_api_url
  telegram_bot_token telegram_bot_token_file webex_api_url rocketchat_api_url rocketchat_token rocketchat_token_file
  rocketchat_token_id rocketchat_token_id_file mattermost_webhook_url mattermost_webhook_url_file`);

/** Settings that hold an address; each must be one. */
const ADDRESSES = ['url', 'api_url', 'webhook_url', 'app_url'];

/**
 * Warns of settings that do not exist: probably a slip of the fingers, perhaps of a newer Alertmanager.
 * @param kind of an integration, or `global`
 */
export function checkSettings(yaml: YamlReader, kind: string, node: YamlNode): void {
  const what = kind === 'global' ? kind : `the ${kind} config`;
  const known = kind === 'global' ? GLOBAL : SETTINGS[kind] && [...OF_ALL, ...SETTINGS[kind]];
  for (const { name, key, value } of yaml.entries(node) ?? []) {
    if (known && !known.includes(name)) {
      yaml.warning(key, `${what} has a setting ${JSON.stringify(name)} that is ignored; ${didYouMean(name, known)}`);
    }
    if (kind === 'global' || kind === 'pushover' || !ADDRESSES.includes(name)) continue;
    const address = yaml.text(value, name) ?? '';
    // A template or a placeholder is filled in later.
    if (!/^https?:\/\/[^/]|\{\{|^<secret>$/.test(address)) {
      yaml.problem(value ?? key, `${name} of ${what} must begin with http:// or https:// and name a host`);
    }
  }
}
