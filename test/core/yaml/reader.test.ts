import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../core/yaml/configuration-error.ts';
import { YamlReader } from '../../../core/yaml/reader.ts';

function problemsOf(text: string, read: (yaml: YamlReader) => void): readonly string[] {
  try {
    const yaml = new YamlReader('settings.yaml', text);
    read(yaml);
    yaml.finish();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('a file for operators', () => {
  test('tells every problem in the order of the file, whatever was read first', () => {
    const text = 'first: [1]\nsecond: 5x\nthird: -1\nfuorth: yes\n';
    const problems = problemsOf(text, (yaml) => {
      const fields = yaml.fields(yaml.root, 'the file', ['first', 'second', 'third', 'fourth']);
      yaml.count(fields.get('third'), 'third', 0);
      yaml.durationMs(fields.get('second'), 'second');
      yaml.text(fields.get('first'), 'first');
    });
    expect(problems).toEqual([
      'settings.yaml:1:8: first must be a text, got a list',
      'settings.yaml:2:9: second must be a duration like 30s or 5m, got "5x"',
      'settings.yaml:3:8: third must be a whole number from 0, got -1',
      'settings.yaml:4:1: the file has an unknown field "fuorth"; did you mean "fourth"?',
    ]);
  });

  test('may use anchors: the alias reads as what it stands for', () => {
    const yaml = new YamlReader('settings.yaml', 'slow: &slow {wait: 5m}\nnight: *slow\n');
    const night = yaml.fields(yaml.fields(yaml.root, 'the file').get('night'), 'night', ['wait']);
    expect(yaml.durationMs(night.get('wait'), 'wait')).toBe(300_000);
    expect(() => yaml.finish()).not.toThrow();
  });

  test('keeps a number as it is written where a text is wanted', () => {
    const yaml = new YamlReader('settings.yaml', 'threshold: 0.50\nnothing:\n');
    const fields = yaml.fields(yaml.root, 'the file');
    expect(yaml.text(fields.get('threshold'), 'threshold')).toBe('0.50');
    expect(yaml.text(fields.get('nothing'), 'nothing')).toBeUndefined();
  });

  test.each([
    ['-0.5', -0.5],
    ['.inf', Number.POSITIVE_INFINITY],
    ['NaN', Number.NaN],
    ['"12"', 12],
  ])('has numbers: %s', (text, value) => {
    const yaml = new YamlReader('settings.yaml', `limit: ${text}\n`);
    expect(yaml.number(yaml.fields(yaml.root, 'the file').get('limit'), 'limit')).toBe(value);
  });

  test.each(['many', '""', '[1]'])('has %s refused where a number is wanted', (text) => {
    const read = (yaml: YamlReader) => yaml.number(yaml.fields(yaml.root, 'the file').get('limit'), 'limit');
    expect(problemsOf(`limit: ${text}\n`, read)).toEqual([
      expect.stringMatching(/^settings\.yaml:1:8: limit must be a number, got /),
    ]);
  });

  test('that is empty has its problems at its beginning', () => {
    expect(problemsOf('', (yaml) => yaml.problem(yaml.root, 'there is nothing'))).toEqual([
      'settings.yaml:1:1: there is nothing',
    ]);
  });
});
