import { type IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import type { AlertEvent } from '../../core/alerting/sender.ts';
import type { HealingConfig } from '../../core/healing/config.ts';
import { offersOf } from '../../core/healing/offer.ts';

/** Asks the function `heal`, without waiting for its answer. */
export interface HealingOffers {
  readonly config: HealingConfig;
  /** Alerts of a sender have changed; those that have fired and are covered are offered. Doing it again does no harm. */
  offer(sender: string, events: readonly AlertEvent[]): Promise<void>;
  sessionChanged(thing: string): Promise<void>;
}

export interface OffersSettings {
  readonly config: HealingConfig;
  /** Of the Basic Ingest topic of the rule that invokes `heal`: `$aws/rules/nsmon_dev_healing/alerting`. */
  readonly topic: string;
  /** Told of what could not be sent: then the page waits in vain, for as long as it may. */
  readonly onProblem: (error: unknown) => void;
}

/** IoT Core takes 128 KB in a message; twenty alerts with long labels and the names of their groups stay far below. */
const OFFERS_A_MESSAGE = 20;

/**
 * Through the IoT rule that the agents' answers take, too: `heal` has one door, and the topic, which policies guard,
 * says who speaks.
 */
export function iotHealingOffers(
  client: IoTDataPlaneClient,
  { config, topic, onProblem }: OffersSettings,
): HealingOffers {
  async function send(sender: string, message: object): Promise<void> {
    try {
      const payload = Buffer.from(JSON.stringify(message));
      await client.send(new PublishCommand({ topic: `${topic}/${sender}/healing`, qos: 1, payload }));
    } catch (error) {
      // The alert is on its way to people already; healing must not be what makes it fail.
      onProblem(error);
    }
  }
  return {
    config,
    async offer(sender, events) {
      const offers = offersOf(config, events);
      for (let i = 0; i < offers.length; i += OFFERS_A_MESSAGE) {
        await send(sender, { offers: offers.slice(i, i + OFFERS_A_MESSAGE) });
      }
    },
    async sessionChanged(thing) {
      if (config.entries.length > 0) await send(thing, { sessionChanged: true });
    },
  };
}
