import { describe, expect, test } from '@jest/globals';
import aslValidator from 'asl-validator';
import { escalationDefinition } from '../../../core/escalation/state-machine.ts';

const arn = (name: string): string => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const definition = escalationDefinition({ decideArn: arn('decide'), notifyArn: arn('notify'), waitArn: arn('wait') });

describe('the escalation state machine', () => {
  test('is valid Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(definition, { checkPaths: true, checkArn: true });
    expect(errorsText()).toBe('');
    expect(isValid).toBe(true);
  });

  test('fits the 1 MB of a definition many times over and names each function once', () => {
    const text = JSON.stringify(definition);
    expect(text.length).toBeLessThan(20_000);
    for (const name of ['decide', 'notify', 'wait']) expect(text.split(arn(name))).toHaveLength(2);
  });
});
