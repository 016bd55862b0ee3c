import { readStartOptions } from '../../local/start/options.ts';
import { start } from '../../local/start/start.ts';
import { stories } from '../../local/stories/index.ts';
import { type Command, readOptions } from '../command.ts';

const storyLines = Object.values(stories).map(({ name, summary }) => `    ${name}  ${summary}`);

export const command: Command = {
  help: `Usage: npm start -- [options]

Runs the deployed system on this machine: the synthesised CDK app, the bundled functions, the same edge agent. Ctrl-C
ends it. No AWS account, docker or network is needed.

Options:
  --recording FILE   replay a recording (EDF, BDF, OpenBCI text) instead of generating a signal
  --story NAME       play a story, and end with code 0 if it ended as it must:
${storyLines.join('\n')}
  --for DURATION     end after this time (60s, 5m), with code 0 if every point recorded is accounted for
  --report FILE      write what happened as JSON
  --rules DIR        run the rules, routes and escalations of another directory; default rules
  --store NAME       timestream or prometheus; default: what the environment chooses
  --drop-one         lose one point on purpose: the report must then say so, and the exit code is 1
  --port PORT        where the dashboards are; default 3000, or the next free one
  --verbose          print the functions' logs

Examples:
  npm start
  npm start -- --recording session.edf
  npm start -- --story electrode-detach --for 60s --report run.json`,

  async run(args) {
    const { values, positionals } = readOptions(args, {
      recording: { type: 'string' },
      story: { type: 'string' },
      for: { type: 'string' },
      report: { type: 'string' },
      rules: { type: 'string' },
      store: { type: 'string' },
      'drop-one': { type: 'boolean' },
      port: { type: 'string' },
      verbose: { type: 'boolean' },
    });
    return start(readStartOptions(values, positionals));
  },
};
