/** `evaluating rules  [#########---------]  47 %`, to fit into 80 columns. */
export function progressBar(what: string, share: number): string {
  const width = 40;
  const full = Math.min(width, Math.floor(share * width));
  return `${what.padEnd(18)} [${'#'.repeat(full)}${'-'.repeat(width - full)}] ${Math.floor(share * 100)} %`;
}
