/** A sum with the compensation of what rounding lost (Neumaier's variant of Kahan's), as Prometheus sums. */
export class KahanSum {
  private total = 0;
  private lost = 0;

  constructor(start = 0) {
    this.total = start;
  }

  add(value: number): void {
    const next = this.total + value;
    if (!Number.isFinite(next)) this.lost = 0;
    else if (Math.abs(this.total) >= Math.abs(value)) this.lost += this.total - next + value;
    else this.lost += value - next + this.total;
    this.total = next;
  }

  get value(): number {
    return Number.isFinite(this.total) ? this.total + this.lost : this.total;
  }
}

/** The mean: of the compensated sum, or running where the sum would overflow. */
export class KahanMean {
  private sum = new KahanSum();
  private mean = 0;
  private incremental = false;
  count = 0;

  add(value: number): void {
    this.count += 1;
    if (!this.incremental) {
      const before = this.sum.value;
      this.sum.add(value);
      if (this.count === 1 || Number.isFinite(this.sum.value) || !Number.isFinite(value) || !Number.isFinite(before)) {
        return;
      }
      this.incremental = true;
      this.mean = before / (this.count - 1);
    }
    if (!Number.isFinite(this.mean) && (!Number.isFinite(value) || Number.isNaN(this.mean))) {
      // Equal infinities stay what they are; opposite ones are NaN.
      if (this.mean !== value) this.mean = Number.NaN;
      return;
    }
    this.mean += value / this.count - this.mean / this.count;
  }

  get value(): number {
    return this.incremental ? this.mean : this.sum.value / this.count;
  }
}

/** Welford's running variance with compensated updates. */
export class Variance {
  private mean = new KahanSum();
  private squares = new KahanSum();
  private count = 0;

  add(value: number): void {
    this.count += 1;
    const before = value - this.mean.value;
    this.mean.add(before / this.count);
    this.squares.add(before * (value - this.mean.value));
  }

  /** Of the population. */
  get value(): number {
    return this.squares.value / this.count;
  }
}
