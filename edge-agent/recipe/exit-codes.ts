/**
 * The agent asks to be started again: `EX_TEMPFAIL` of sysexits.h. The Greengrass nucleus starts a component anew that
 * ends with any code but 0, three times in a row at most.
 */
export const RESTART_EXIT_CODE = 75;
