/*
 * Loaded before the built program (node --import): its clock and its waits run as fast as the simulator's. The limits
 * of single calls stay as they are, since the network is as slow as ever.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const speed = Number(process.env.TEST_CLOCK_SPEED);
const anchor = Number(process.env.TEST_CLOCK_ANCHOR);
/** A whole call, the cancelling of a scan, and a launch that is under way when the signal comes. */
const CALL_LIMITS_MS = new Set([900_000, 6_000, 2_000]);

const wall = Date.now;
Date.now = () => Math.floor(anchor + (wall() - anchor) * speed);

const wait = timers.setTimeout;
timers.setTimeout = (ms, ...rest) => wait(CALL_LIMITS_MS.has(ms) ? ms : ms / speed, ...rest);
syncBuiltinESMExports();
