import jsonata from 'jsonata';

/** @returns the JSONata expressions of a definition, without their `{% %}` */
export function expressionsOf(definition: unknown): string[] {
  if (typeof definition === 'string') {
    const [, expression] = /^\{%(.*)%\}$/s.exec(definition) ?? [];
    return expression === undefined ? [] : [expression];
  }
  if (typeof definition !== 'object' || definition === null) return [];
  return Object.values(definition).flatMap(expressionsOf);
}

/** @returns every expression that does not compile, with the reason */
export function jsonataProblems(definition: unknown): string[] {
  return expressionsOf(definition).flatMap((expression) => {
    try {
      jsonata(expression);
      return [];
    } catch (error) {
      return [`${expression}: ${(error as Error).message}`];
    }
  });
}
