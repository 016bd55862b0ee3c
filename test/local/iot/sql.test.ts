import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runStatement } from '../../../local/iot/sql/evaluate.ts';
import { parseStatement } from '../../../local/iot/sql/parse.ts';
import { compileTemplate } from '../../../local/iot/template.ts';
import { basicIngest, filterMatches } from '../../../local/iot/topic-filter.ts';

const message = (payload: unknown, topic = 'bci/lab-1/alerts') => ({
  topic,
  clientId: 'lab-1',
  payload: Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload)),
  receivedMs: 1_700_000_000_000,
  accountId: '123456789012',
});

/** What the statement makes of the payload; undefined when WHERE stops it. */
function run(sql: string, payload: unknown): unknown {
  const result = runStatement(parseStatement(sql), message(payload));
  return result && JSON.parse(result.toString());
}

const value = (expression: string, payload: unknown = {}) =>
  (run(`SELECT ${expression} AS x FROM 'bci/#'`, payload) as { x?: unknown }).x;

describe('the SQL of IoT rules', () => {
  test('SELECT * passes the bytes of a payload that is no JSON', () => {
    const bytes = Buffer.from([0x1f, 0x8b, 0xff, 0x00]);
    expect(runStatement(parseStatement("SELECT * FROM 'bci/+/metrics'"), message(bytes))).toEqual(bytes);
  });

  test('SELECT * with more adds to the payload, and replaces what it claims itself', () => {
    const sql = "SELECT *, topic(2) AS thing, timestamp() AS receivedAtMs FROM 'bci/+/alerts'";
    expect(run(sql, { seq: 1, thing: 'somebody-else' })).toEqual({
      seq: 1,
      thing: 'lab-1',
      receivedAtMs: 1_700_000_000_000,
    });
  });

  test('says so when it must look into a payload that is no JSON', () => {
    const statement = parseStatement("SELECT *, clientid() AS client FROM 'bci/#'");
    expect(() => runStatement(statement, message(Buffer.from([0xff])))).toThrow('the payload of 1 bytes is not JSON');
  });

  test('brings binary into a result in base64', () => {
    const statement = parseStatement("SELECT encode(*, 'base64') AS data FROM 'bci/#'");
    expect(runStatement(statement, message(Buffer.from([0xff])))?.toString()).toBe('{"data":"/w=="}');
  });

  test('takes members by path, names nested results, leaves out what is undefined', () => {
    const payload = { a: { b: [10, 20] }, 'odd name': 1 };
    expect(run("SELECT a.b[1] AS out.second, a.b, a.missing, `odd name` AS odd FROM 'bci/#'", payload)).toEqual({
      out: { second: 20 },
      b: [10, 20],
      odd: 1,
    });
  });

  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['-2 + 5 % 3', 0],
    ["'a' + 1", 'a1'],
    ["'2' * '3'", 6],
    ['1 / 0', undefined],
    ["concat('a', 1, 'b')", 'a1b'],
    ["upper(substring('hello', 1, 3))", 'EL'],
    ["startswith('hello', 'he')", true],
    ["regexp_matches('lab-1', '^lab-[0-9]+$')", true],
    ['cast(3.7 AS Int)', 4],
    ["cast('true' AS Boolean)", true],
    ['cast(5 AS String)', '5'],
    ["CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END", 'two'],
    ["CASE WHEN 1 > 2 THEN 'a' END", undefined],
    ['isUndefined(missing)', true],
    ["get_or_default(inner, 'missing', 7)", 7],
    ['2 IN (1, 2)', true],
    ['2 IN [1, 3]', false],
    ["'it''s'", "it's"],
    ["accountid() + '/' + clientid()", '123456789012/lab-1'],
  ])('%s is %p', (expression, expected) => {
    expect(value(expression, { inner: {} })).toEqual(expected);
  });

  test.each([
    ['quality < 0.5', true],
    ['quality < 0.5 AND NOT muted = true', true],
    ['quality > 0.5 OR missing = 1', false],
    ["site = 'berlin' AND quality <= 0.4", true],
    ['missing > 1', false],
    ['NOT missing > 1', false],
    ["quality > 'text'", false],
    ['quality <> 1', true],
  ])('WHERE %s lets the message through: %p', (where, expected) => {
    const payload = { quality: 0.4, muted: false, site: 'berlin' };
    expect(run(`SELECT site FROM 'bci/#' WHERE ${where}`, payload) !== undefined).toBe(expected);
  });

  test.each([
    ['SELECT * FROM bci/#', 'unexpected character "#"'],
    ['SELECT * FROM bci', 'expected a topic filter in quotes'],
    ["SELECT topic(2) FROM 'x'", 'the result needs a name: add AS name'],
    ["SELECT aws_lambda('arn', *) AS x FROM 'x'", 'the twin does not know the function aws_lambda'],
    ["SELECT timestamp(1) AS x FROM 'x'", 'timestamp takes 0 arguments, got 1'],
    ["SELECT * FROM 'x' WHERE", 'expected a value, got the end'],
    ["SELECT * FROM 'x' LIMIT 5", 'unexpected "LIMIT"'],
  ])('refuses %s', (sql, expected) => {
    expect(() => parseStatement(sql)).toThrow(expected);
  });

  test('shows the place of an error', () => {
    expect(() => parseStatement("SELECT a b FROM 'x'")).toThrow("  SELECT a b FROM 'x'\n           ^");
  });

  test('numbers compare as numbers', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(value('a < b', { a, b })).toBe(a < b);
        expect(value('a = b OR a <> b', { a, b })).toBe(true);
      }),
    );
  });
});

describe('topics', () => {
  test.each([
    ['bci/+/metrics', 'bci/lab-1/metrics', true],
    ['bci/+/metrics', 'bci/lab-1/alerts', false],
    ['bci/+', 'bci/lab-1/metrics', false],
    ['bci/#', 'bci/lab-1/metrics', true],
    ['bci/#', 'bci', true],
    ['#', 'anything/at/all', true],
    ['bci/lab-1', 'bci/lab-1/', false],
  ])('the filter %s covers %s: %p', (filter, topic, expected) => {
    expect(filterMatches(filter, topic)).toBe(expected);
  });

  test('Basic Ingest names the rule, and the rule sees the rest', () => {
    expect(basicIngest('$aws/rules/nsmon_dev_metrics/bci/lab-1/metrics')).toEqual({
      ruleName: 'nsmon_dev_metrics',
      topic: 'bci/lab-1/metrics',
    });
    expect(basicIngest('bci/lab-1/metrics')).toBeUndefined();
  });

  test('substitution templates are filled in for each message', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution template
    const template = compileTemplate('errors/${topic(2)}/${timestamp()}.json');
    expect(template(message({}))).toBe('errors/lab-1/1700000000000.json');
  });
});
