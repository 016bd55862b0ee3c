/**
 * The section of the runbook that a `runbook_url` such as `docs/runbook.md#electrodedetached` leads to.
 * @returns undefined when there is none
 */
export function runbookSection(runbook: string, url: string): string | undefined {
  const anchor = url.split('#')[1] ?? '';
  const sections = runbook.split(/^(?=## )/m);
  const found = sections.find((section) => /^## (.+)$/m.exec(section)?.[1]?.toLowerCase() === anchor);
  return found?.trim();
}
