import type { Board } from '../board.ts';
import { stat } from '../panels/stat.ts';
import { table } from '../panels/table.ts';
import { AMBER, GREEN, lowerIsBetter, RED } from '../panels/thresholds.ts';
import { timeseries } from '../panels/timeseries.ts';
import { activeAlerts, alertsByState, firingByName, firingNow, pendingNow } from '../queries/alerts.ts';
import {
  bufferBytes,
  bufferedNow,
  bufferMessages,
  lastSeen,
  pointsAcknowledged,
  pointsDropped,
  pointsRecorded,
  uplinkNow,
} from '../queries/pipeline.ts';

const QUIET = 'No alert is active.';

/** What is wrong now, what was, and whether the monitoring itself can be trusted. */
export const alertManagement: Board = {
  uid: 'alert-management',
  title: 'Alert Management',
  description: 'Alerts now and over time, the agents that evaluate them, and the pipeline they depend on.',
  tags: ['alerts'],
  rows: [
    {
      height: 6,
      panels: [
        stat({
          title: 'Firing',
          description: 'Alerts whose condition has held for as long as its rule demands.',
          queries: [firingNow],
          unit: 'short',
          decimals: 0,
          thresholds: lowerIsBetter(1, 1),
          width: 4,
          noValue: '0',
        }),
        stat({
          title: 'Pending',
          description: 'Alerts whose condition holds, but not yet for long enough to fire.',
          queries: [pendingNow],
          unit: 'short',
          decimals: 0,
          thresholds: [
            [null, GREEN],
            [1, AMBER],
          ],
          width: 4,
          noValue: '0',
        }),
        table({
          title: 'Active Alerts',
          description: 'Alerts reported within the last 30 seconds, with the number of series each one is active for.',
          queries: [activeAlerts],
          unit: 'short',
          labels: { alertstate: 'State', alertname: 'Alert', severity: 'Severity', thing: 'Thing' },
          columns: {
            State: { words: { firing: ['firing', RED], pending: ['pending', AMBER] } },
            Series: { unit: 'short', decimals: 0 },
          },
          noValue: QUIET,
        }),
      ],
    },
    {
      height: 8,
      panels: [
        timeseries({
          title: 'Alerts over Time',
          description: 'How many alerts were pending and firing.',
          queries: [alertsByState],
          unit: 'short',
          decimals: 0,
          min: 0,
          stacked: true,
          stepped: true,
          minInterval: '10s',
          colors: { firing: RED, pending: AMBER },
          noValue: 'No alert was active within the range.',
        }),
        timeseries({
          title: 'Firing Alerts by Name',
          description: 'How many series each alert was firing for.',
          queries: [firingByName],
          unit: 'short',
          decimals: 0,
          min: 0,
          stacked: true,
          stepped: true,
          minInterval: '10s',
          noValue: 'No alert fired within the range.',
        }),
      ],
    },
    {
      height: 8,
      panels: [
        table({
          title: 'Agents',
          description:
            'How old the newest data of each agent is. When an agent is silent for 90 seconds, its alerts become unknown and EdgeAgentSilent fires.',
          queries: [lastSeen, uplinkNow, bufferedNow],
          unit: 'short',
          labels: { thing: 'Thing' },
          columns: {
            'Last data': { unit: 's', decimals: 0, thresholds: lowerIsBetter(45, 90) },
            Uplink: { words: { '1': ['connected', GREEN], '0': ['offline', RED] } },
            Buffered: { unit: 'short', decimals: 0 },
          },
          noValue: 'No agent has reported. Start one.',
        }),
        timeseries({
          title: 'Recorded and Acknowledged',
          description:
            'Points that agents recorded and that the store acknowledged, per second. They differ for as long as data is on its way.',
          queries: [pointsRecorded, pointsAcknowledged, pointsDropped],
          unit: 'suffix: points/s',
          decimals: 1,
          min: 0,
          // Acknowledgements come about once a minute.
          minInterval: '1m',
        }),
      ],
    },
    {
      height: 8,
      panels: [
        timeseries({
          title: 'Disk Buffer',
          description: 'Size of what agents hold until the store acknowledges it.',
          queries: [bufferBytes],
          unit: 'bytes',
          min: 0,
        }),
        timeseries({
          title: 'Messages Awaiting Acknowledgement',
          description:
            'Messages that agents hold until the store acknowledges them; about one minute of them is normal.',
          queries: [bufferMessages],
          unit: 'short',
          decimals: 0,
          min: 0,
        }),
      ],
    },
  ],
};
