import type { Board } from '../board.ts';
import { gauge } from '../panels/gauge.ts';
import { stat } from '../panels/stat.ts';
import { table } from '../panels/table.ts';
import { AMBER, GREEN, higherIsBetter, RED } from '../panels/thresholds.ts';
import { timeseries } from '../panels/timeseries.ts';
import {
  battery,
  connectedByDevice,
  connectedDevices,
  connectionFailures,
  connectionStability,
  dataRate,
  dataRateNow,
  deviceLatencyMedian,
  deviceLatencyP95,
  errorRatio,
  errorsByType,
  samplesLost,
  signalQuality,
  signalQualityNow,
  worstStability,
} from '../queries/devices.ts';
import { channelContactNow, channelQualityNow } from '../queries/signal-quality.ts';

/** The boards one by one: connection, data rate, losses, and each electrode. */
export const deviceMonitoring: Board = {
  uid: 'device-monitoring',
  title: 'Device Monitoring',
  description: 'Each board: whether it is connected, what it delivers and loses, and which electrodes have contact.',
  tags: ['devices'],
  rows: [
    {
      height: 6,
      panels: [
        stat({
          title: 'Connected Devices',
          description: 'Devices that deliver data now.',
          queries: [connectedDevices],
          unit: 'short',
          decimals: 0,
          thresholds: [
            [null, RED],
            [1, GREEN],
          ],
          width: 4,
          noValue: 'No device has reported. Start an agent with a board.',
        }),
        gauge({
          title: 'Connection Stability',
          description: 'Stability of the worst device over the last 60 seconds: 100 % is a connection without a gap.',
          queries: [worstStability],
          unit: 'percentunit',
          decimals: 0,
          min: 0,
          max: 1,
          thresholds: higherIsBetter(0.9, 0.98),
          width: 4,
        }),
        gauge({
          title: 'Battery',
          description: 'Charge of the emptiest battery, of devices that tell.',
          queries: [battery],
          unit: 'percentunit',
          decimals: 0,
          min: 0,
          max: 1,
          thresholds: higherIsBetter(0.15, 0.3),
          width: 4,
          noValue: 'No device tells its charge.',
        }),
        table({
          title: 'Devices',
          description: 'All devices that reported within the last two minutes.',
          queries: [connectedByDevice, dataRateNow, signalQualityNow],
          unit: 'short',
          labels: { device_id: 'Device', device_type: 'Type', thing: 'Thing' },
          columns: {
            Connection: { words: { '1': ['connected', GREEN], '0': ['disconnected', RED] } },
            'Data rate': { unit: 'hertz', decimals: 1 },
            'Signal quality': { unit: 'percentunit', decimals: 0, thresholds: higherIsBetter(0.7, 0.85) },
          },
          noValue: 'No device has reported. Start an agent with a board.',
        }),
      ],
    },
    {
      height: 8,
      panels: [
        timeseries({
          title: 'Data Rate',
          description: 'Samples per second and channel, over ten seconds. It should stay at the rate of the board.',
          queries: [dataRate],
          unit: 'hertz',
          decimals: 1,
        }),
        timeseries({
          title: 'Connection Stability',
          description: 'Stability of each connection over the last 60 seconds.',
          queries: [connectionStability],
          unit: 'percentunit',
          min: 0,
          max: 1,
        }),
        timeseries({
          title: 'Signal Quality',
          description: 'Signal quality over all channels of each device.',
          queries: [signalQuality],
          unit: 'percentunit',
          min: 0,
          max: 1,
          thresholds: higherIsBetter(0.7, 0.85),
          thresholdLines: true,
        }),
      ],
    },
    {
      height: 8,
      panels: [
        timeseries({
          title: 'Device Latency',
          description:
            'Delay of a chunk of samples beyond the fastest one seen: what the connection adds, median and 95th percentile.',
          queries: [deviceLatencyP95, deviceLatencyMedian],
          unit: 's',
          min: 0,
        }),
        timeseries({
          title: 'Lost Samples',
          description: 'Samples per second and channel that never arrived, by their sequence numbers.',
          queries: [samplesLost],
          unit: 'suffix: samples/s',
          min: 0,
        }),
        timeseries({
          title: 'Error Rate',
          description: 'Lost samples and bad frames as a share of the expected samples.',
          queries: [errorRatio],
          unit: 'percentunit',
          min: 0,
        }),
      ],
    },
    {
      height: 9,
      panels: [
        table({
          title: 'Channels',
          description: 'Contact and quality of every electrode, now.',
          queries: [channelContactNow, channelQualityNow],
          unit: 'short',
          labels: { device_id: 'Device', channel: 'Channel' },
          columns: {
            Contact: { words: { '1': ['contact', GREEN], '0': ['no contact', RED] } },
            Quality: { unit: 'percentunit', decimals: 0, thresholds: higherIsBetter(0.7, 0.85) },
          },
          noValue: 'No channel has reported. Start an agent with a board.',
        }),
        timeseries({
          title: 'Errors by Type',
          description: 'Faults of the devices per second, by kind.',
          queries: [errorsByType],
          unit: 'suffix: /s',
          min: 0,
          minInterval: '10s',
          noValue: 'No device has reported an error.',
        }),
        timeseries({
          title: 'Connection Failures',
          description: 'Connections lost or refused per second. More than three in five minutes raise an alert.',
          queries: [connectionFailures],
          unit: 'suffix: /s',
          min: 0,
          thresholds: [[null, AMBER]],
          noValue: 'No device has lost its connection.',
        }),
      ],
    },
  ],
};
