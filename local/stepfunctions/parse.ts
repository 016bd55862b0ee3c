import type { Definition } from './definition.ts';
import { parseResource } from './integrations.ts';
import { compile, expressionIn } from './jsonata.ts';

type Fields = Readonly<Record<string, unknown>>;

const EVERYWHERE = ['Type', 'Comment', 'QueryLanguage'];
const FLOW = ['Next', 'End', 'Assign', 'Output'];
const FALLIBLE = ['Retry', 'Catch'];
/** The fields of each state type under JSONata; those of JSONPath (`Parameters`, `ResultPath`, ...) are not among them. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pass: FLOW,
  Task: [...FLOW, ...FALLIBLE, 'Resource', 'Arguments', 'TimeoutSeconds', 'HeartbeatSeconds', 'Credentials'],
  Choice: ['Choices', 'Default', 'Assign', 'Output'],
  Wait: [...FLOW, 'Seconds', 'Timestamp'],
  Succeed: ['Output'],
  Fail: ['Error', 'Cause'],
  Parallel: [...FLOW, ...FALLIBLE, 'Branches', 'Arguments'],
  Map: [...FLOW, ...FALLIBLE, 'Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency'],
};

/**
 * Reads a state machine's definition.
 * @throws Error listing everything in it that is wrong or that the interpreter does not know
 */
export function parseDefinition(text: string): Definition {
  let definition: Fields;
  try {
    definition = JSON.parse(text) as Fields;
  } catch (error) {
    throw new Error(`The state machine's definition is not JSON: ${String(error)}`);
  }
  const problems: string[] = [];
  if (definition.QueryLanguage !== 'JSONata') {
    problems.push(
      `QueryLanguage is ${JSON.stringify(definition.QueryLanguage ?? 'JSONPath')}; the twin runs "JSONata" only`,
    );
  }
  checkMachine(definition, '', problems);
  if (problems.length > 0)
    throw new Error(`The state machine's definition is not valid:\n${problems.map((p) => `- ${p}`).join('\n')}`);
  return definition as unknown as Definition;
}

function checkMachine(machine: Fields, where: string, problems: string[]): void {
  const states = (machine.States ?? {}) as Readonly<Record<string, Fields>>;
  if (typeof machine.StartAt !== 'string' || !(machine.StartAt in states)) {
    problems.push(
      `${where}StartAt: "${String(machine.StartAt)}" is not one of the states ${Object.keys(states).join(', ')}`,
    );
  }
  for (const [name, state] of Object.entries(states)) checkState(`${where}${name}`, state, states, problems);
}

function checkState(name: string, state: Fields, siblings: Readonly<Record<string, Fields>>, problems: string[]): void {
  const type = String(state.Type);
  const fields = FIELDS[type];
  if (!fields) {
    problems.push(`${name}: Type "${type}" is not one of ${Object.keys(FIELDS).join(', ')}`);
    return;
  }
  for (const field of Object.keys(state)) {
    if (!fields.includes(field) && !EVERYWHERE.includes(field))
      problems.push(`${name}: a ${type} state has no field "${field}" under JSONata`);
  }
  if (fields.includes('Next') && (state.Next === undefined) === (state.End !== true)) {
    problems.push(`${name}: needs either Next or "End": true`);
  }
  for (const target of targets(state)) {
    if (!(target in siblings))
      problems.push(`${name}: goes to "${target}", which is not one of ${Object.keys(siblings).join(', ')}`);
  }
  if (type === 'Task') checkResource(name, String(state.Resource), problems);
  if (type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) {
    problems.push(`${name}: needs either Seconds or Timestamp`);
  }
  for (const [i, branch] of ((state.Branches ?? []) as Fields[]).entries())
    checkMachine(branch, `${name}[${i}]/`, problems);
  const processor = state.ItemProcessor as Fields | undefined;
  const mode = (processor?.ProcessorConfig as Fields | undefined)?.Mode ?? 'INLINE';
  if (mode !== 'INLINE')
    problems.push(`${name}: a Map of mode ${JSON.stringify(mode)} does not run in the twin; INLINE does`);
  if (processor) checkMachine(processor, `${name}/`, problems);
  const { Branches: _branches, ItemProcessor: _processor, ...own } = state;
  checkExpressions(name, own, problems);
}

function targets(state: Fields): string[] {
  const rules = [...((state.Choices ?? []) as Fields[]), ...((state.Catch ?? []) as Fields[])];
  return [state.Next, state.Default, ...rules.map((rule) => rule.Next)].filter((target) => typeof target === 'string');
}

function checkResource(name: string, resource: string, problems: string[]): void {
  try {
    parseResource(resource);
  } catch (error) {
    problems.push(`${name}: ${(error as Error).message}`);
  }
}

function checkExpressions(where: string, value: unknown, problems: string[]): void {
  if (typeof value === 'string') {
    const expression = expressionIn(value);
    if (expression === undefined) return;
    try {
      compile(expression);
    } catch (error) {
      problems.push(`${where}: ${value} is not JSONata: ${(error as { message?: string }).message}`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) checkExpressions(`${where}/${key}`, inner, problems);
  }
}
