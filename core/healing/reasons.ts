/** Why healing did what it did: one closed list for code, logs, audit and messages. */
export const REASONS = {
  'no-target': 'the alert does not name what the action works on',
  precondition: 'the action makes no sense for this alert now',
  frozen: 'the action did not help twice in a row and waits for a person to thaw it',
  'live-session': 'a session is live and its owner has not agreed: put off until it pauses',
  'awaits-approval': 'a person must approve it',
  'budget-target': 'it was tried at this target as often as its budget allows',
  'budget-fleet': 'it was tried in the fleet as often as its budget allows',
  'blast-radius': 'it is under way at as many targets as may be touched at once: look for a common cause',
  shadow: 'it would have been done: the entry is in shadow mode',
  issued: 'the command is on its way',
  joined: 'the action is under way at this target already',
  accepted: 'the agent has accepted the command',
  verified: 'it was seen to have helped',
  'not-verified': 'it was not seen to have helped, and was undone',
  'no-answer': 'no outcome came in time',
  'refused-by-agent': 'the agent refused the command',
  futile: 'it did not help twice in a row: frozen until a person thaws it',
  'resolved-meanwhile': 'the alert does not fire any more',
  approved: 'a person approved it',
  thawed: 'a person thawed it',
} as const;

export type Reason = keyof typeof REASONS;
