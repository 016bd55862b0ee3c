/** One thing the doctor looked at. */
export interface Finding {
  readonly verdict: 'ok' | 'warning' | 'problem';
  /** What was looked at and what was found. */
  readonly text: string;
  /** What to do about it; with every warning and problem. */
  readonly remedy?: string;
}

export const ok = (text: string): Finding => ({ verdict: 'ok', text });
export const warning = (text: string, remedy: string): Finding => ({ verdict: 'warning', text, remedy });
export const problem = (text: string, remedy: string): Finding => ({ verdict: 'problem', text, remedy });
