import type { BoardInfo } from '../boards/board.ts';

/** The labels of every series about one device. A type, not an interface: it must pass as `Labels`. */
export type DeviceLabels = { readonly device_id: string; readonly device_type: string };

export function deviceLabels({ deviceId, deviceType }: BoardInfo): DeviceLabels {
  return { device_id: deviceId, device_type: deviceType };
}
