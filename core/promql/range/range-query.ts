import { type Expr, walk } from '../ast.ts';
import { evaluate } from '../evaluate.ts';
import { dropMetricName, keyOfAll } from '../labels.ts';
import type { Matcher } from '../matchers.ts';
import { typeOf } from '../typecheck.ts';
import type { VectorSample } from '../values.ts';
import type { ColumnStore } from './column-store.ts';
import {
  type Arena,
  allPresent,
  type Column,
  type Element,
  NotCovered,
  refuseOverlap,
  rivals,
  type Steps,
  type VectorOperator,
} from './columns.ts';
import { Compiler } from './compiler.ts';

/** What an expression gave at the steps of one chunk. Valid until the arena is reset. */
export type ChunkResult =
  | { readonly kind: 'columns'; readonly elements: readonly Element[]; readonly columns: readonly Column[] }
  /** By step; an Error where the expression failed. */
  | { readonly kind: 'steps'; readonly vectors: readonly (readonly VectorSample[] | Error)[] };

interface Compiled {
  readonly version: number;
  readonly operator: VectorOperator;
  /** With their final labels. */
  readonly elements: readonly Element[];
  readonly same: readonly (readonly number[])[];
}

/**
 * One expression, evaluated as an instant query at many times. The values, and where there are none, are to the last bit
 * those of `evaluate` at each of them: what columns do not cover, `evaluate` does.
 */
export class RangeQuery {
  readonly #expr: Expr;
  readonly #store: ColumnStore;
  readonly #lookbackMs: number;
  readonly #selections: readonly (readonly Matcher[])[];
  #compiled: Compiled | undefined;
  #refusedAt = -1;
  /** Why single steps were evaluated, at least sometimes; undefined when never. */
  fallback: string | undefined;
  /** How many steps were. */
  fallbackSteps = 0;

  constructor(expr: Expr, store: ColumnStore, lookbackMs: number) {
    this.#expr = expr;
    this.#store = store;
    this.#lookbackMs = lookbackMs;
    this.#selections = [...walk(expr)].flatMap((node) => (node.kind === 'selector' ? [node.matchers] : []));
  }

  run(steps: Steps, arena: Arena): ChunkResult {
    try {
      const compiled = this.#compile();
      if (compiled) {
        const { columns } = compiled.operator.run(steps, arena);
        refuseOverlap(columns, compiled.same, steps.count);
        return { kind: 'columns', elements: compiled.elements, columns };
      }
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
      this.fallback = error.message;
    }
    return this.#stepByStep(steps);
  }

  /** Again when there are series that were not there before: a recording rule may have made them. */
  #compile(): Compiled | undefined {
    const version = this.#selections.reduce((sum, matchers) => sum + this.#store.version(matchers), 0);
    if (this.#compiled?.version === version) return this.#compiled;
    if (this.#refusedAt === version) return undefined;
    try {
      this.#compiled = { version, ...compile(this.#expr, this.#store, this.#lookbackMs) };
      return this.#compiled;
    } catch (error) {
      if (error instanceof NotCovered) this.#refusedAt = version;
      throw error;
    }
  }

  #stepByStep({ firstMs, stepMs, count }: Steps): ChunkResult {
    this.fallbackSteps += count;
    const lastMs = firstMs + (count - 1) * stepMs;
    const source = this.#store.source(firstMs - this.#lookbackMs, lastMs);
    const vectors = Array.from({ length: count }, (_, k) => {
      try {
        const value = evaluate(this.#expr, { at: firstMs + k * stepMs, source, lookbackMs: this.#lookbackMs });
        if (value.type === 'vector') return value.vector;
        if (value.type === 'scalar') return [{ labels: {}, value: value.value, histogram: undefined, dropName: false }];
        return new Error(`the expression gives a ${value.type}, not an instant vector or a scalar`);
      } catch (error) {
        return error as Error;
      }
    });
    return { kind: 'steps', vectors };
  }
}

function compile(expr: Expr, store: ColumnStore, lookbackMs: number): Omit<Compiled, 'version'> {
  const compiler = new Compiler(store, lookbackMs);
  const operator = typeOf(expr) === 'scalar' ? scalarAsVector(expr, compiler) : compiler.vector(expr);
  const elements = operator.elements.map(({ labels, dropName }) => ({
    labels: dropName ? dropMetricName(labels) : labels,
    dropName: false,
  }));
  const same = rivals(elements.map(({ labels }) => keyOfAll(labels)));
  return { operator, elements, same };
}

function scalarAsVector(expr: Expr, compiler: Compiler): VectorOperator {
  const scalar = compiler.scalar(expr);
  return {
    elements: [{ labels: {}, dropName: false }],
    run: (steps, arena) => ({
      columns: [{ values: scalar(steps, arena), present: allPresent(steps.count), count: steps.count }],
      ordered: true,
    }),
  };
}

/** The vector of step `k`. */
export function vectorAt(result: ChunkResult, k: number): readonly VectorSample[] | Error {
  if (result.kind === 'steps') return result.vectors[k] ?? [];
  const vector: VectorSample[] = [];
  result.columns.forEach(({ values, present, count }, i) => {
    if (count > 0 && present[k] === 1) {
      vector.push({ labels: result.elements[i]!.labels, value: values[k]!, histogram: undefined, dropName: false });
    }
  });
  return vector;
}
