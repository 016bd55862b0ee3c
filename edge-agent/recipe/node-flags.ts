/**
 * How the agent's Node is started, wherever. It collects little garbage but often, and waking a thread for each core to
 * share that work costs more than the work. V8's helper threads took about a third of the agent's CPU time on two cores
 * (docs/performance.md).
 */
export const NODE_FLAGS: readonly string[] = ['--single-threaded-gc'];
