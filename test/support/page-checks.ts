/** Expressions for the browser to evaluate in the page: texts, because they run there and not here. */

export interface SeenPanel {
  readonly title: string | null;
  readonly state: string | undefined;
  readonly drawn: boolean;
}

export interface Contrast {
  readonly ink: string;
  readonly ground: string;
  /** WCAG 2 contrast ratio, 1 to 21. */
  readonly ratio: number;
}

/** Pixels by which the page is wider than its window. */
export const OVERFLOW = 'document.documentElement.scrollWidth - innerWidth';

/** Whether each panel shows something that stems from data: lines count by pixels of their colour. Gives `SeenPanel[]`. */
export const PANELS = `[...document.querySelectorAll('.panel')].map((panel) => {
  const hasPixels = (canvas, css) => {
    const wanted = css.match(/\\d+/g).slice(0, 3).map(Number);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] > 200 && wanted.every((part, k) => Math.abs(part - data[i + k]) < 24)) found += 1;
    }
    return found > 20;
  };
  const canvas = panel.querySelector('canvas');
  const swatches = [...panel.querySelectorAll('.legend .swatch')].map((swatch) => getComputedStyle(swatch).backgroundColor);
  const drawn = canvas
    ? swatches.some((css) => hasPixels(canvas, css))
    : /\\d/.test(panel.querySelector('.stat-value, .gauge-text, tbody td:last-child')?.textContent ?? '');
  return { title: panel.getAttribute('aria-label'), state: panel.dataset.state, drawn };
})`;

/** Contrast of each colour of text on each ground it stands on. Gives `Contrast[]`. */
export const CONTRASTS = `(() => {
  const style = getComputedStyle(document.documentElement);
  const rgb = (name) => style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map((hex) => parseInt(hex, 16) / 255);
  const light = (parts) => parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => { const [x, y] = [light(rgb(a)), light(rgb(b))].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const pairs = ['--text', '--muted', '--accent', '--red', '--orange', '--green', '--blue']
    .flatMap((ink) => ['--bg', '--surface'].map((ground) => [ink, ground]));
  return [...pairs, ['--on-accent', '--accent'], ['--text', '--raised']].map(([ink, ground]) => ({ ink, ground, ratio: ratio(ink, ground) }));
})()`;
