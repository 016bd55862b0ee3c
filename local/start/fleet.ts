import { randomInt } from 'node:crypto';
import type { ReportedAlert } from '../../core/alerting/report.ts';
import { newBoot } from '../../edge-agent/boot.ts';
import { encodeAlerts } from '../../edge-agent/uplink/messages.ts';
import { MqttUplink } from '../../edge-agent/uplink/mqtt.ts';
import { topicsOf } from '../../edge-agent/uplink/topics.ts';
import type { Twin } from '../twin.ts';

/**
 * Many agents in one process, as far as alerts go: each is a thing of its own with a certificate, a connection and a
 * lease, and reports as an agent does. They have no boards: what their rules would find is given.
 */
export interface Fleet {
  readonly things: readonly string[];
  /** Every agent reports its complete set of alerts, and again every lease, until the next call. */
  report(alertsOf: (thing: string, index: number) => readonly ReportedAlert[]): Promise<void>;
  close(): Promise<void>;
}

/** As an agent repeats its report. */
const LEASE_MS = 30_000;
/** Connected at a time: more handshakes at once would only wait for each other. */
const AT_ONCE = 25;

/** @param size agents, named `headset-001` and so on */
export async function openFleet(twin: Twin, environment: string, size: number, nowMs: () => number): Promise<Fleet> {
  const names = Array.from({ length: size }, (_, i) => `headset-${String(i + 1).padStart(3, '0')}`);
  const agents: Awaited<ReturnType<typeof connect>>[] = [];
  for (let i = 0; i < names.length; i += AT_ONCE) {
    const some = names.slice(i, i + AT_ONCE).map((thing) => connect(twin, thing));
    agents.push(...(await Promise.all(some)));
  }
  const boot = newBoot(nowMs(), () => randomInt(2 ** 32) / 2 ** 32);
  let seq = 0;
  let timer: NodeJS.Timeout | undefined;
  const send = async (alertsOf: Parameters<Fleet['report']>[0]): Promise<void> => {
    seq += 1;
    const number = seq;
    await Promise.all(
      agents.map(({ thing, uplink }, i) => {
        const report = { boot, seq: number, sentAtMs: nowMs(), alerts: alertsOf(thing, i) };
        return uplink.publish(topicsOf(environment, thing).alerts, encodeAlerts(report));
      }),
    );
  };
  return {
    things: names,
    async report(alertsOf) {
      clearInterval(timer);
      await send(alertsOf);
      timer = setInterval(() => void send(alertsOf).catch(() => undefined), LEASE_MS);
    },
    async close() {
      clearInterval(timer);
      await Promise.all(agents.map(({ uplink }) => uplink.close()));
    },
  };
}

async function connect(twin: Twin, thing: string) {
  const { mqttHost, mqttPort, certPath, keyPath, caPath } = await twin.issueThing(thing, {
    tenant: 'demo',
    site: 'bench',
  });
  const files = { certificateFile: certPath, privateKeyFile: keyPath, caFile: caPath };
  const uplink = new MqttUplink({ host: mqttHost, port: mqttPort, thing, ...files });
  const connected = new Promise<void>((resolve) => {
    uplink.onConnection((event) => {
      if (event.connected) resolve();
    });
  });
  uplink.connect();
  await connected;
  return { thing, uplink };
}
