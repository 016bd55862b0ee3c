/**
 * When a route is mute or active, as Alertmanager's `time_intervals` say it. Each part restricts: a time must be in one
 * of the ranges of every part that is given. Ranges include both ends, except `times`, which exclude the end.
 */
export interface TimeInterval {
  /** Minutes of the local day, 0 to 1440: 09:00 to 17:00 is `{ from: 540, to: 1020 }`. */
  readonly times?: readonly Range[];
  /** 0 is Sunday. */
  readonly weekdays?: readonly Range[];
  /** 1 to 31, or -1 (the last day of the month) to -31. Days that a month does not have are cut off. */
  readonly daysOfMonth?: readonly Range[];
  /** 1 is January. */
  readonly months?: readonly Range[];
  readonly years?: readonly Range[];
  /** IANA name of a zone, such as `Europe/Berlin`; UTC when absent. */
  readonly location?: string;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** By name: a time is in a named interval when it is in one of its list. */
export type TimeIntervals = Readonly<Record<string, readonly TimeInterval[]>>;
