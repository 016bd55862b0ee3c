import type { Labels, PointGroup } from '../core/metrics/model.ts';
import { MetricRegistry } from '../core/metrics/registry.ts';
import { createHostCollector } from './collectors/host.ts';
import type { AgentConfig } from './config.ts';
import type { Log } from './log.ts';
import { GaugeRollups } from './receivers/gauge-rollups.ts';
import { OtlpReceiver } from './receivers/otlp-http.ts';
import { createScraper } from './receivers/scrape.ts';

export interface CollectionPorts {
  readonly now: () => number;
  readonly log: Log;
  /** Applications said something new, between two collections. */
  readonly onArrival: (groups: readonly PointGroup[]) => void;
}

/**
 * All that an agent measures or is told: its own registries, the host, applications that are scraped or that push.
 * `collect` is called every second; what is to be sent is taken when it is called with `send`.
 */
export class Collection {
  /** `job="edge-agent"`: the agent itself. */
  readonly own: MetricRegistry;
  /** `job="node"`: the host. */
  readonly node: MetricRegistry;
  /** `job="neural"`: boards and what is made of their samples. */
  readonly neural: MetricRegistry;
  private readonly ports: CollectionPorts;
  private readonly collectHost: () => Promise<void>;
  private readonly scrapers: readonly (() => Promise<PointGroup>)[];
  private readonly scraped = new Map<number, { group: PointGroup; sent: boolean }>();
  private readonly receiver: OtlpReceiver | undefined;
  private readonly rollups = new GaugeRollups();
  private readonly busy = new Set<string>();

  constructor(config: AgentConfig, ports: CollectionPorts) {
    const { now, log } = ports;
    this.ports = ports;
    const registry = (job: string): MetricRegistry => {
      const resource: Labels = { job, instance: config.thing };
      return new MetricRegistry({ resource, clock: now });
    };
    this.own = registry('edge-agent');
    this.node = registry('node');
    this.neural = registry('neural');
    this.collectHost = createHostCollector(this.own, this.node, config.host);
    this.scrapers = config.scrape.map((target) =>
      createScraper(target, {
        nowMs: now,
        fetch,
        onProblem: ({ url }, reason) => log('warn', `${url} cannot be scraped: ${reason}`),
      }),
    );
    this.receiver = config.otlpPort === undefined ? undefined : new OtlpReceiver(ports.onArrival);
  }

  /** Resolves to the port of the OTLP receiver, if there is one. */
  async listen(port: number | undefined): Promise<number | undefined> {
    return port === undefined ? undefined : this.receiver?.listen(port);
  }

  /** Looks at the host. Never rejects. */
  measureHost(): Promise<void> {
    return this.once('host', this.collectHost);
  }

  /** Asks the applications. Never rejects. */
  async scrape(): Promise<void> {
    await Promise.all(
      this.scrapers.map((scrape, i) =>
        this.once(`scrape ${i}`, async () => {
          const group = await scrape();
          this.rollups.observe(group);
          this.scraped.set(i, { group, sent: false });
          this.ports.onArrival([group]);
        }),
      ),
    );
  }

  /** Everything as it is at `nowMs`; with `send` also the roll-ups, and what was received goes out once. */
  collect(nowMs: number, { send }: { send: boolean }): PointGroup[] {
    const groups = [this.own, this.node, this.neural].map((registry) => registry.collect(nowMs, { rollups: send }));
    for (const entry of this.scraped.values()) {
      if (!entry.sent) groups.push(entry.group);
      if (send) entry.sent = true;
    }
    const received = this.receiver?.collect({ take: send }) ?? [];
    groups.push(...received);
    if (send) {
      for (const group of received) this.rollups.observe(group);
      groups.push(this.rollups.drain(nowMs));
    }
    return groups.filter(({ points }) => points.length > 0);
  }

  /** Series and points that were refused because there are too many. */
  get refused(): number {
    let refused = this.receiver?.refusedPoints ?? 0;
    for (const registry of [this.own, this.node, this.neural]) {
      for (const count of registry.refusedSeries().values()) refused += count;
    }
    return refused;
  }

  async close(): Promise<void> {
    await this.receiver?.close();
  }

  /** Skips a round while the one before it still runs. */
  private async once(what: string, work: () => Promise<void>): Promise<void> {
    if (this.busy.has(what)) return;
    this.busy.add(what);
    try {
      await work();
    } catch (error) {
      this.ports.log('warn', `${what}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.busy.delete(what);
    }
  }
}
