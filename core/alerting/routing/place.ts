import type { SenderChange, TrackedAlert } from '../sender.ts';
import type { Route } from './config.ts';
import { groupIdOf, groupLabelsOf, routesOf } from './route.ts';

/** Puts alerts that have just fired into their groups; those in a group already stay there until they resolve. */
export function placeAlerts<T extends SenderChange>(change: T, root: Route): T {
  const alerts: Record<string, TrackedAlert> = {};
  for (const [fingerprint, alert] of Object.entries(change.state.alerts)) {
    alerts[fingerprint] =
      alert.groups || alert.status === 'pending' ? alert : { ...alert, groups: groupsOf(alert, root) };
  }
  const placed = (fingerprint: string, alert: TrackedAlert): TrackedAlert => alerts[fingerprint] ?? alert;
  const events = change.events.map((event) => ({ ...event, alert: placed(event.fingerprint, event.alert) }));
  return { ...change, state: { ...change.state, alerts }, events };
}

function groupsOf({ labels }: TrackedAlert, root: Route): string[] {
  const ids = routesOf(root, labels).map((route) => groupIdOf(route, groupLabelsOf(route, labels)));
  return [...new Set(ids)];
}
