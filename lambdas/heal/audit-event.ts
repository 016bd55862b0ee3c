import type { AuditEvent } from '../../core/audit/entry.ts';
import { type HealingAudit, REASONS } from '../../core/healing/index.ts';

export function auditEventOf({ atMs, actor, action, subject, reason, detail }: HealingAudit): AuditEvent {
  return {
    atMs,
    actor,
    action: `healing ${reason}`,
    subject: `target ${subject}`,
    reason: REASONS[reason],
    detail: { action, detail },
  };
}
