/** How often the model is right, over its last predictions whose truth is known. */

/** A minute at four predictions a second. */
const REMEMBERED = 240;

export class Accuracy {
  readonly #hits: boolean[] = [];

  /** Returns the share of right predictions, 0 to 1. */
  add(right: boolean): number {
    this.#hits.push(right);
    if (this.#hits.length > REMEMBERED) this.#hits.shift();
    return this.#hits.filter(Boolean).length / this.#hits.length;
  }
}
