import type { StartOptions } from './options.ts';
import type { Run, RunSnapshot } from './run.ts';

/** What a newcomer reads once everything runs. */
export function welcome(run: Run, { story, forMs }: StartOptions): string {
  const { facts } = run;
  const lines = [
    '',
    `Running after ${(facts.readyMs / 1000).toFixed(1)} s: ${facts.functions} functions, ${facts.rules} IoT rules, ${facts.tables} tables from the synthesised template.`,
    '',
    `  dashboards   ${run.url}`,
    `  device       ${facts.device}`,
    `  store        ${facts.metricStore}`,
    `  thing        ${facts.thing}, MQTT with mutual TLS on 127.0.0.1:${facts.mqttPort}`,
    `  agent        ${facts.agentUrl}: GET /status, POST /session (docs/devices.md)`,
  ];
  if (!story && forMs === undefined) {
    lines.push(
      '',
      'Try next:',
      '  npm start -- --story electrode-detach       an electrode comes off',
      '  npm start -- --recording FILE               a recording of yours: EDF, BDF, OpenBCI text',
      '  npm run doctor                              what a deploy to AWS needs',
      '',
      'Ctrl-C ends it.',
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The line that updates. */
export function statusLine({ agent, stored, notifications, seconds }: RunSnapshot): string {
  const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds) % 60).padStart(2, '0')}`;
  if (!agent) return `${clock}  the agent is starting`;
  const { device, rates, ledger } = agent;
  const quality = device?.quality === undefined ? '' : `, quality ${Math.round(device.quality * 100)} %`;
  const alerts = agent.alerts.filter(({ state }) => state !== 'resolved');
  const worst = alerts.some(({ state }) => state === 'firing') ? 'FIRING' : 'pending';
  const parts = [
    clock,
    device ? `${device.connected ? '' : 'SILENT '}${rates.samplesPerSecond} samples/s${quality}` : 'no board',
    `points ${ledger.recorded} recorded, ${stored ?? '?'} stored`,
    alerts.length === 0 ? 'no alerts' : `${alerts.length} alert${alerts.length === 1 ? '' : 's'} ${worst}`,
    `${notifications} notification${notifications === 1 ? '' : 's'}`,
  ];
  return parts.join('  |  ');
}
