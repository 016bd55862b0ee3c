#!/usr/bin/env node
// Node 20 cannot run TypeScript by itself: tsx compiles on the way in, on every supported Node alike.
import { register } from 'tsx/esm/api';

// What the AWS SDK will require next year concerns who upgrades it, not who runs this; processes started here inherit it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

register();
await import('./nsmon.ts');
