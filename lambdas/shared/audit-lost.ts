import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { AuditEvent } from '../../core/audit/entry.ts';

/** Of the counter, whichever function it was that lost events. */
export const AUDIT_SERVICE = 'audit';

/** Writes down in the log what could not be written into the audit trail, and counts it: an alarm watches the count. */
export function countLost(events: readonly AuditEvent[], reason: unknown): void {
  const logger = new Logger({ serviceName: AUDIT_SERVICE });
  logger.error('events are missing in the audit trail', { events, reason: String(reason) });
  const metrics = new Metrics({ serviceName: AUDIT_SERVICE });
  metrics.addMetric('AuditEventsLost', MetricUnit.Count, events.length);
  metrics.publishStoredMetrics();
}
