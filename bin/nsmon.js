#!/usr/bin/env node
// Node 20 cannot run TypeScript by itself: tsx compiles on the way in, on every supported Node alike.
import { register } from 'tsx/esm/api';

register();
await import('./nsmon.ts');
