import { createHash } from 'node:crypto';
import { escapeHtml } from '../../core/notifications/escape-html.ts';

/** Asks who is there, and of progress how it goes. */
export interface Form {
  /** Where the answer goes. */
  readonly action: string;
  readonly asks: 'acknowledge' | 'progress';
  readonly problem?: string;
}

/** What a page says. */
export interface Page {
  readonly status: number;
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  readonly facts?: readonly { readonly name: string; readonly value: string }[];
  readonly form?: Form;
  readonly tone: 'alarm' | 'calm' | 'neutral';
}

const STYLE = `
:root { color-scheme: light dark; --ink: #14202b; --soft: #52616f; --page: #f3f6f9; --card: #fff; --line: #d9e1e8;
  --alarm: #b3261e; --calm: #1b6e4b; --neutral: #345a85; --focus: #0b65d8 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eef4; --soft: #a3b2c0; --page: #0e151c; --card: #18222c;
  --line: #2d3a47; --alarm: #ff8a80; --calm: #6fd3a5; --neutral: #9cc4f2; --focus: #7fb3ff } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--page);
  color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif }
main { width: 100%; max-width: 34rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-top: .375rem solid var(--tone); border-radius: .75rem }
.alarm { --tone: var(--alarm) } .calm { --tone: var(--calm) } .neutral { --tone: var(--neutral) }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; text-wrap: balance }
p { margin: 0 0 1rem } .brand { color: var(--soft); font-size: .875rem; margin: 0 0 .5rem }
dl { display: grid; grid-template-columns: auto 1fr; gap: .375rem 1.25rem; margin: 0 0 1.5rem; padding: 1rem 0;
  border-block: 1px solid var(--line) } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
label { display: block; font-weight: 600; margin-bottom: .375rem } input + label { margin-top: .875rem }
.optional { color: var(--soft); font-weight: 400 }
input { width: 100%; padding: .7rem .8rem; font: inherit; color: inherit; background: var(--page);
  border: 1px solid var(--soft); border-radius: .5rem }
button { width: 100%; margin-top: 1rem; padding: .8rem; font: inherit; font-weight: 600; color: var(--card);
  background: var(--tone); border: 0; border-radius: .5rem; cursor: pointer }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
.problem { color: var(--alarm); font-weight: 600; margin: .625rem 0 0 }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Nothing is loaded, nothing is run, nobody frames it, nobody keeps it, and the link is told to nobody. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function render({ status, title, text, facts = [], form, tone }: Page): HttpAnswer {
  const list = facts.map(({ name, value }) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · NeuraScale Monitor</title>
<style>${STYLE}</style>
</head>
<body>
<main class="${tone}">
<p class="brand">NeuraScale Monitor</p>
<h1>${escapeHtml(title)}</h1>
${text.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n')}
${list ? `<dl>${list}</dl>` : ''}
${form ? renderForm(form) : ''}
</main>
</body>
</html>
`;
  return { statusCode: status, headers: HEADERS, body };
}

function renderForm({ action, asks, problem }: Form): string {
  const described = problem ? ' aria-invalid="true" aria-describedby="problem"' : '';
  // Whoever reads "already acknowledged" need not type: only the alarm takes the focus.
  const focus = asks === 'acknowledge' || problem ? ' autofocus' : '';
  return `<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="do" value="${asks}">
<label for="by">Who are you?</label>
<input id="by" name="by" autocomplete="name" maxlength="80" required${focus}${described}>
${problem ? `<p class="problem" id="problem">${escapeHtml(problem)}</p>` : ''}
${asks === 'progress' ? NOTE : ''}
<button>${asks === 'progress' ? 'I am still on it' : 'Acknowledge: I am taking care of it'}</button>
</form>`;
}

const NOTE = `<label for="note">How does it go? <span class="optional">(optional)</span></label>
<input id="note" name="note" autocomplete="off" maxlength="200">`;
