/** What the cloud (or, in the twin, a story) may ask of an agent. */
export interface CommandTargets {
  /** Publishes every second for so long. */
  live(seconds: number): void;
  /** Takes a command to heal, and answers it by itself: see healer.ts. */
  heal(command: unknown): void;
  /** Faults of the board; absent where they may not be injected. Throws when the fault makes no sense. */
  readonly faults?: {
    inject(fault: unknown): void;
    clear(kind?: string, channel?: string): void;
  };
}

/** Longest that one command keeps an agent in live mode: it multiplies what the agent costs by ten. */
const MAX_LIVE_SECONDS = 3_600;

/**
 * Obeys one command:
 *
 * - `{"command": "live", "seconds": 600}`
 * - `{"command": "inject-fault", "fault": {"kind": "electrode-detached", "channel": "C3"}}`
 * - `{"command": "clear-fault", "kind": "electrode-detached", "channel": "C3"}`, or without them: all faults
 *
 * - `{"command": "heal", ...}`: see core/healing/command.ts
 *
 * Returns why it was refused; undefined when it was obeyed.
 */
export function obey(payload: Uint8Array, targets: CommandTargets): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return 'a command that is no JSON was refused';
  }
  const { command, seconds, fault, kind, channel } = (typeof value === 'object' && value !== null ? value : {}) as {
    [field: string]: unknown;
  };
  switch (command) {
    case 'heal':
      targets.heal(value);
      return undefined;
    case 'live':
      if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= MAX_LIVE_SECONDS)) {
        return `live: seconds is ${JSON.stringify(seconds)}; it must lie above 0 and at most ${MAX_LIVE_SECONDS}`;
      }
      targets.live(seconds);
      return undefined;
    case 'inject-fault':
    case 'clear-fault':
      if (!targets.faults) {
        return `${command}: this agent does not inject faults; only a test agent with allowFaultInjection does`;
      }
      try {
        if (command === 'inject-fault') targets.faults.inject(fault);
        else targets.faults.clear(textOf(kind), textOf(channel));
        return undefined;
      } catch (error) {
        return `${command}: ${error instanceof Error ? error.message : String(error)}`;
      }
    default:
      return `command is ${JSON.stringify(command)}; it must be one of live, heal, inject-fault, clear-fault`;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
