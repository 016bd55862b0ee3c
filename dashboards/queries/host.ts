import { gaugeOverTime } from '../shapes/gauge-over-time.ts';
import { gaugeRatioOverTime } from '../shapes/gauge-ratio.ts';
import { shareWithoutOverTime } from '../shapes/label-share.ts';
import { rateOverTime } from '../shapes/rate-over-time.ts';

/** The machines everything runs on, and the processes on them. */

export const processMemory = gaugeOverTime('process_resident_memory_bytes', {
  name: 'resident memory by process',
  legend: '{{job}} · {{instance}}',
  by: ['job', 'instance'],
  across: 'max',
});

export const processCpu = rateOverTime('process_cpu_seconds_total', {
  name: 'CPU time per second by process',
  legend: '{{job}} · {{instance}}',
  by: ['job', 'instance'],
});

export const hostMemoryUsed = gaugeRatioOverTime('node_memory_MemAvailable_bytes', 'node_memory_MemTotal_bytes', {
  name: 'host memory in use',
  legend: '{{thing}}',
  by: ['thing'],
  complement: true,
});

export const hostCpuUsed = shareWithoutOverTime('node_cpu_seconds_total', {
  name: 'host CPU in use',
  legend: '{{thing}}',
  by: ['thing'],
  label: 'mode',
  value: 'idle',
});

export const hostLoad = gaugeOverTime('node_load1', {
  name: 'host load average over one minute',
  legend: '{{thing}}',
  by: ['thing'],
  across: 'max',
});

export const diskUsed = gaugeRatioOverTime('node_filesystem_avail_bytes', 'node_filesystem_size_bytes', {
  name: 'file system in use',
  legend: '{{thing}} {{mountpoint}}',
  by: ['thing', 'mountpoint'],
  complement: true,
});

export const networkReceived = rateOverTime('node_network_receive_bytes_total', {
  name: 'network bytes received per second',
  legend: '{{thing}} received',
  by: ['thing'],
});

export const networkSent = rateOverTime('node_network_transmit_bytes_total', {
  name: 'network bytes sent per second',
  legend: '{{thing}} sent',
  by: ['thing'],
});
