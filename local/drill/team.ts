import { emitKeypressEvents } from 'node:readline';
import { repairs } from './incidents.ts';

/** What a team does next. People acknowledge by the link in a page, as ever. */
export type Move =
  | { readonly kind: 'acknowledge'; readonly by: string }
  | { readonly kind: 'repair'; readonly repair: string }
  | { readonly kind: 'give up' };

/** How far a drill has come. */
export interface Standing {
  readonly isPaged: boolean;
  readonly isAcknowledged: boolean;
  /** Repairs that did not help. */
  readonly wrong: readonly string[];
  readonly isRepaired: boolean;
}

/** Whoever holds the drill. */
export interface Team {
  /** Resolves when everybody is there. */
  ready(say: (line: string) => void, signal?: AbortSignal): Promise<void>;
  /** Asked again and again. */
  move(standing: Standing): Move | undefined;
  close(): void;
}

/** Plays the team without people: acknowledges, tries something wrong once, then what mends it. */
export function rehearsal(right: string): Team {
  let isTaken = false;
  return {
    ready: async () => undefined,
    move({ isPaged, isAcknowledged, wrong, isRepaired }) {
      if (!isPaged || isRepaired) return undefined;
      if (!isAcknowledged) {
        if (isTaken) return undefined;
        isTaken = true;
        return { kind: 'acknowledge', by: 'Robin, rehearsing' };
      }
      const mistaken = repairs.find((repair) => repair !== right);
      const repair = wrong.length === 0 && mistaken !== undefined ? mistaken : right;
      return { kind: 'repair', repair };
    },
    close: () => undefined,
  };
}

/** The people in front of a terminal: a digit chooses a repair, `q` gives up. */
export function people(input: NodeJS.ReadStream): Team {
  const keys: string[] = [];
  let begun: (() => void) | undefined;
  const onKey = (text: string | undefined, key: { readonly name?: string; readonly ctrl?: boolean }): void => {
    // In raw mode the terminal does not make a signal of it.
    if (key.ctrl && key.name === 'c') process.kill(process.pid, 'SIGINT');
    else if (begun) begun();
    else keys.push(text ?? '');
  };
  emitKeypressEvents(input);
  input.setRawMode(true);
  input.on('keypress', onKey);
  input.resume();
  return {
    async ready(say, signal) {
      say('Press any key when everybody is there.');
      await new Promise<void>((resolve, reject) => {
        begun = resolve;
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      begun = undefined;
    },
    move({ isRepaired }) {
      const key = keys.shift();
      if (key === 'q') return { kind: 'give up' };
      const repair = repairs[Number(key) - 1];
      return isRepaired || repair === undefined ? undefined : { kind: 'repair', repair };
    },
    close() {
      input.off('keypress', onKey);
      input.setRawMode(false);
      input.pause();
    },
  };
}
