import type { Board } from '../board.ts';
import { gauge } from '../panels/gauge.ts';
import { stat } from '../panels/stat.ts';
import { table } from '../panels/table.ts';
import { BLUE, GREEN, higherIsBetter, lowerIsBetter, RED } from '../panels/thresholds.ts';
import { timeseries } from '../panels/timeseries.ts';
import { connectedDevices } from '../queries/devices.ts';
import {
  accuracy,
  featureExtractionP95,
  modelInferenceP95,
  monitoringOverheadP95,
  signalProcessingMedian,
  signalProcessingP95,
  throughput,
} from '../queries/processing.ts';
import { longestSession, runningSessions, sessionsByOutcome } from '../queries/sessions.ts';
import { channelFaults, channelQuality, dataQuality } from '../queries/signal-quality.ts';

/** What the neural engine does with the signal: how fast, how well, and how good the signal is. */
export const neuralProcessing: Board = {
  uid: 'neural-processing',
  title: 'Neural Engine - Processing Performance',
  description: 'Latency and throughput of signal processing, quality of the signal, and the sessions it belongs to.',
  tags: ['neural-processing'],
  rows: [
    {
      height: 5,
      panels: [
        stat({
          title: 'Device Connection Status',
          description: 'Devices that deliver data now. A device silent for two minutes is no longer counted.',
          queries: [connectedDevices],
          unit: 'short',
          decimals: 0,
          thresholds: [
            [null, RED],
            [1, GREEN],
          ],
          noValue: 'No device has reported. Start an agent with a board.',
        }),
        gauge({
          title: 'Data Quality Score',
          description:
            'Mean signal quality of the running sessions. Below 70 % for five minutes, LowDataQuality fires.',
          queries: [dataQuality],
          unit: 'percentunit',
          decimals: 0,
          min: 0,
          max: 1,
          thresholds: higherIsBetter(0.7, 0.85),
          noValue: 'No session is running.',
        }),
        stat({
          title: 'Processing Latency',
          description: 'Time to filter one block of samples, 95th percentile. 20 ms is the target, 100 ms the alert.',
          queries: [signalProcessingP95],
          unit: 's',
          decimals: 2,
          thresholds: lowerIsBetter(0.02, 0.1),
        }),
        stat({
          title: 'Throughput',
          description: 'Channel-samples processed per second.',
          queries: [throughput],
          unit: 'suffix: samples/s',
          decimals: 0,
          thresholds: [[null, BLUE]],
        }),
        stat({
          title: 'Session Length',
          description: 'The longest of the running sessions.',
          queries: [longestSession],
          unit: 's',
          decimals: 1,
          thresholds: [[null, BLUE]],
          noValue: 'No session is running.',
        }),
      ],
    },
    {
      height: 9,
      panels: [
        timeseries({
          title: 'Signal Processing Latency',
          description: 'Time to filter one block of samples: median and 95th percentile of the slowest device.',
          queries: [signalProcessingP95, signalProcessingMedian],
          unit: 's',
          min: 0,
          calcs: ['lastNotNull', 'max'],
        }),
        timeseries({
          title: 'Signal Quality by Channel',
          description:
            'Quality of each channel from its contact, artefacts and noise: 100 % is clean, below 70 % is poor.',
          queries: [channelQuality],
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
          title: 'Real-Time Monitoring',
          description:
            'Processing throughput over the last two minutes. In live mode a point is at most two seconds old.',
          queries: [throughput],
          unit: 'suffix: samples/s',
          min: 0,
          last: '2m',
        }),
        timeseries({
          title: 'Feature Extraction and Inference',
          description: 'Time to compute the features of one block and to run each model, 95th percentile.',
          queries: [featureExtractionP95, modelInferenceP95],
          unit: 's',
          min: 0,
        }),
        timeseries({
          title: 'Processing Accuracy',
          description: 'Share of predictions that matched the known state, where a session has known states.',
          queries: [accuracy],
          unit: 'percentunit',
          min: 0,
          max: 1,
          noValue: 'No session with known states (a task with cues) is running.',
        }),
      ],
    },
    {
      height: 8,
      panels: [
        table({
          title: 'Running Sessions',
          description: 'Sessions that reported within the last two minutes, and how long they have lasted.',
          queries: [runningSessions],
          unit: 's',
          labels: { session_id: 'Session', device_id: 'Device' },
          columns: { 'Session length': { unit: 's', decimals: 1 } },
          noValue: 'No session is running.',
        }),
        stat({
          title: 'Sessions Ended',
          description: 'Sessions that ended within the range, by outcome.',
          queries: [sessionsByOutcome],
          unit: 'short',
          decimals: 0,
          thresholds: [[null, BLUE]],
          width: 5,
          noValue: 'No session ended within the range.',
        }),
        timeseries({
          title: 'Faulty Channels',
          description: 'Channels whose quality suffers, by what hurts most: no contact, movement, muscles, mains.',
          queries: [channelFaults],
          unit: 'short',
          decimals: 0,
          min: 0,
          stacked: true,
          stepped: true,
        }),
        timeseries({
          title: 'Monitoring Overhead',
          description:
            'Time the monitoring itself takes, by stage, 95th percentile. The budget is 1 ms for each sample.',
          queries: [monitoringOverheadP95],
          unit: 's',
          min: 0,
        }),
      ],
    },
  ],
};
