import { alertStorm } from './alert-storm/story.ts';
import { electrodeDetach } from './electrode-detach/story.ts';
import { healFutile } from './heal/futile.ts';
import { healReconnect } from './heal/reconnect.ts';
import type { Story } from './story.ts';

export type { Story } from './story.ts';

/** Every story by its name. A new one is a folder and a line here. */
export const stories: Readonly<Record<string, Story>> = Object.fromEntries(
  [electrodeDetach, alertStorm, healReconnect, healFutile].map((story) => [story.name, story]),
);
