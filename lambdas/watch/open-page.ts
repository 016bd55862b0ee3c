/** A person would not wait longer. */
const TIMEOUT_MS = 8000;

/**
 * Opens the acknowledge page by a link of a heartbeat. That of an incident that is over, or of long ago, is answered, too:
 * whoever answers is there. Only an error of the server, or no answer, is none.
 */
export async function openPage(url: string): Promise<{ readonly answers: boolean; readonly detail: string }> {
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' });
    // 403 is what Lambda itself answers when its URL was closed; our own page says it of a forged link only.
    return { answers: status < 500 && status !== 403 && status !== 429, detail: `it answers with HTTP ${status}` };
  } catch (error) {
    const { name, message, cause } = error as Error;
    const reason = name === 'TimeoutError' ? `within ${TIMEOUT_MS / 1000} s` : (cause as Error)?.message || message;
    return { answers: false, detail: `no answer: ${reason}` };
  }
}
