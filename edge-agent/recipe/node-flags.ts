/**
 * How the agent's Node is started, wherever. It collects little garbage but often, and waking a thread for each core to
 * share that work costs more than the work: a third of the agent's CPU time on two cores (`npm run bench -- overhead`).
 */
export const NODE_FLAGS: readonly string[] = ['--single-threaded-gc'];
