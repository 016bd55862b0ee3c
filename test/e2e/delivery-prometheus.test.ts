import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { brokerOutage, plainRun } from '../support/delivery.ts';
import { type System, startSystem } from '../support/system.ts';

describe('what an agent records is stored once in Prometheus', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem('prometheus', ['ingest']);
  }, 60_000);
  afterAll(() => system?.close());

  test('when nothing goes wrong', () => plainRun(system));

  test('when the broker is gone for ten seconds', () => brokerOutage(system), 150_000);
});
