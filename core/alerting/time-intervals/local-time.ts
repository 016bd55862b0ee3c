import { isTimeZone, localMs } from '../../time-zone.ts';

/** What a clock on the wall and a calendar show. */
export interface LocalTime {
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 0 to 1439. */
  readonly minuteOfDay: number;
  readonly daysInMonth: number;
}

/**
 * The time in a zone, with its daylight saving as the runtime's time-zone database has it.
 * @param zone IANA name
 */
export function localTimeOf(epochMs: number, zone: string): LocalTime {
  const local = new Date(localMs(zone, epochMs));
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth() + 1];
  return {
    year,
    month,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
  };
}

/** Whether it is a name of the IANA database, spelled as there: Alertmanager looks for a file of that name. */
export function isZoneFile(name: string): boolean {
  return /^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/.test(name) && isTimeZone(name);
}
