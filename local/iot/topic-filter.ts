/** Whether an MQTT topic filter (`+` one level, `#` the rest) covers a topic. */
export function filterMatches(filter: string, topic: string): boolean {
  const [want, have] = [filter.split('/'), topic.split('/')];
  for (const [index, level] of want.entries()) {
    if (level === '#') return true;
    if (index >= have.length || (level !== '+' && level !== have[index])) return false;
  }
  return want.length === have.length;
}

/** A message published to one rule only, past the broker's subscribers. */
export interface BasicIngest {
  readonly ruleName: string;
  /** What the rule sees. */
  readonly topic: string;
}

/** `$aws/rules/<rule>/<topic>`. @returns undefined for any other topic */
export function basicIngest(topic: string): BasicIngest | undefined {
  const [, ruleName, rest] = /^\$aws\/rules\/([^/]+)(?:\/(.*))?$/s.exec(topic) ?? [];
  return ruleName === undefined ? undefined : { ruleName, topic: rest ?? '' };
}
