import { UserError } from '../../core/user-error.ts';
import type { Stack, Template, TemplateOutput, TemplateResource } from './assembly.ts';
import { type Pseudo, pseudoParameter } from './pseudo.ts';

/**
 * Decides every condition and gives the stack without them: resources and outputs whose condition is false are gone,
 * `Fn::If` stands replaced by the branch that was taken. What remains depends only on what is really there.
 * @throws UserError when a condition refers to something that is not known before the deployment
 */
export function withoutConditions({ name, template }: Stack, pseudo: Pseudo): Stack {
  const decided = new Map<string, boolean>();

  function isTrue(condition: string): boolean {
    const known = decided.get(condition);
    if (known !== undefined) return known;
    if (!(condition in (template.Conditions ?? {}))) throw problem(`the condition ${condition} is not defined`);
    const value = evaluate(template.Conditions?.[condition]) === true;
    decided.set(condition, value);
    return value;
  }

  function evaluate(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const [[fn, argument] = ['', undefined]] = Object.entries(value);
    const list = Array.isArray(argument) ? argument : [];
    switch (fn) {
      case 'Fn::Equals':
        return String(evaluate(list[0])) === String(evaluate(list[1]));
      case 'Fn::And':
        return list.every((one) => evaluate(one) === true);
      case 'Fn::Or':
        return list.some((one) => evaluate(one) === true);
      case 'Fn::Not':
        return evaluate(list[0]) !== true;
      case 'Condition':
        return isTrue(String(argument));
      case 'Ref': {
        const parameter = String(argument);
        const found = pseudoParameter(parameter, name, pseudo) ?? template.Parameters?.[parameter]?.Default;
        if (found === undefined)
          throw problem(`a condition refers to ${parameter}, which has no value before deployment`);
        return found;
      }
      case 'Fn::FindInMap': {
        const [map, first, second] = list.map((one) => String(evaluate(one)));
        return template.Mappings?.[map ?? '']?.[first ?? '']?.[second ?? ''];
      }
      default:
        throw problem(`a condition uses ${fn}, which is not supported in conditions`);
    }
  }

  function strip(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== 'object' || value === null) return value;
    const branch = (value as Record<string, unknown>)['Fn::If'];
    if (Array.isArray(branch)) return strip(isTrue(String(branch[0])) ? branch[1] : branch[2]);
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, strip(child)]));
  }

  const problem = (what: string) => new UserError(`stack ${name}: ${what}`);
  const kept = <T extends { Condition?: string }>(all: Readonly<Record<string, T>> = {}): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all)
        .filter(([, { Condition }]) => Condition === undefined || isTrue(Condition))
        .map(([id, one]) => [id, strip(one) as T]),
    );

  const { Conditions: _, ...rest } = template;
  const stripped: Template = {
    ...rest,
    Resources: kept<TemplateResource>(template.Resources),
    Outputs: kept<TemplateOutput>(template.Outputs),
  };
  return { name, template: stripped };
}
