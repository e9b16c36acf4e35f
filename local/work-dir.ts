import { resolve } from "node:path";

/** The checkout's root. */
export const PROJECT_DIR = resolve(__dirname, "..");

/** Where everything goes that the commands make on this machine; git ignores it, and it may be deleted at any time. */
export const WORK_DIR = resolve(PROJECT_DIR, ".metronome");
