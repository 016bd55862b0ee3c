import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../core/user-error.ts';
import { createAgent } from './agent.ts';
import { openBoard } from './boards/open.ts';
import { seededRandom } from './boards/prng.ts';
import { systemAgentClock } from './clock.ts';
import { type AgentConfig, parseConfig, type UplinkConfig } from './config.ts';
import { jsonLog } from './log.ts';
import { RESTART_EXIT_CODE } from './recipe/exit-codes.ts';
import { GreengrassUplink } from './uplink/greengrass.ts';
import { MqttUplink } from './uplink/mqtt.ts';
import type { Uplink } from './uplink/uplink.ts';

const USAGE = `Usage: edge-agent --config FILE [--drop-one]
       The configuration may instead be JSON in the environment variable NSMON_CONFIG, as Greengrass gives it.`;

async function readConfig(): Promise<AgentConfig> {
  const { config: file, 'drop-one': dropOne } = readArguments();
  const text = file === undefined ? process.env.NSMON_CONFIG : await readText(file);
  if (text === undefined) throw new UserError(`No configuration.\n${USAGE}`);
  const source = file ?? 'NSMON_CONFIG';
  const defaults = { thing: process.env.AWS_IOT_THING_NAME, rules: ownRules() };
  const config = parseConfig(parseJson(text, source), source, defaults);
  return dropOne ? { ...config, faults: { ...config.faults, dropOne } } : config;
}

/** The artifact carries the environment's rules beside the program. */
function ownRules(): string[] {
  return ['alerts', 'recording'].map((name) => join(import.meta.dirname, 'rules', name)).filter(existsSync);
}

function readArguments(): { config?: string | undefined; 'drop-one'?: boolean | undefined } {
  try {
    return parseArgs({ options: { config: { type: 'string' }, 'drop-one': { type: 'boolean' } } }).values;
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError(`${file}: the configuration cannot be read (${code}).`);
  }
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${source}: the configuration is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}

async function openUplink(config: UplinkConfig, thing: string): Promise<Uplink> {
  if (config.kind === 'greengrass') return new GreengrassUplink();
  const { certificateFile, privateKeyFile, caFile } = config;
  for (const file of [certificateFile, privateKeyFile, ...(caFile === undefined ? [] : [caFile])]) await readText(file);
  return new MqttUplink({ ...config, thing });
}

async function main(): Promise<void> {
  const config = await readConfig();
  const clock = systemAgentClock;
  const log = jsonLog((line) => process.stdout.write(line), clock.epochMs);
  const boardRandom = config.seed === undefined ? Math.random : seededRandom(config.seed);
  const board = config.board && (await openBoard(config.board, clock, boardRandom));
  const uplink = await openUplink(config.uplink, config.thing);
  const restart = (): void => stop(RESTART_EXIT_CODE);
  const agent = await createAgent(config, {
    clock,
    uplink,
    ...(board ? { board } : {}),
    log,
    random: Math.random,
    restart,
  });
  let stopping = false;
  const stop = (code = 0): void => {
    if (stopping) return;
    stopping = true;
    agent.stop().then(
      () => process.exit(code),
      (error: unknown) => {
        log('error', `stopping failed: ${error instanceof Error ? error.message : String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop());
  process.on('SIGINT', () => stop());
  // Only where another program started this one over a channel: it is gone, and nobody is left to stop it in order.
  process.on('disconnect', () => process.exit(0));
  await agent.start();
}

main().catch((error: unknown) => {
  if (error instanceof UserError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
