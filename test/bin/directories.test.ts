import { expect, test } from '@jest/globals';
import type { Command } from '../../bin/command.ts';
import { command as oncall } from '../../bin/commands/oncall.ts';
import { command as promql } from '../../bin/commands/promql.ts';
import { command as rules } from '../../bin/commands/rules.ts';
import { UserError } from '../../core/user-error.ts';

/** What is printed without a stack trace, with code 2. */
test.each<[string, Command, string[]]>([
  ['oncall who', oncall, ['who', '--file', 'test']],
  ['rules replay', rules, ['replay', '--series', 'test']],
  ['rules replay', rules, ['replay', '--series', 'package.json', '--incidents', 'test']],
  ['promql test', promql, ['test', 'test']],
  ['promql test', promql, ['test', 'LICENSE']],
  ['rules history', rules, ['history', '--agent', 'nope']],
])('%s, given what is not a file of its kind, says so in a line', async (_name, command, args) => {
  await expect(command.run(args)).rejects.toThrow(UserError);
});
