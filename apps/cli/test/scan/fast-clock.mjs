/*
 * Loaded before the built program (node --import): its clock and its waits run as fast as the simulator's. The time
 * limit of a call stays long, since the network is as slow as ever.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const speed = Number(process.env.TEST_CLOCK_SPEED);
const anchor = Number(process.env.TEST_CLOCK_ANCHOR);
const CALL_LIMIT_MS = 900_000;

const wall = Date.now;
Date.now = () => Math.floor(anchor + (wall() - anchor) * speed);

const wait = timers.setTimeout;
timers.setTimeout = (ms, ...rest) => wait(ms === CALL_LIMIT_MS ? 20_000 : ms / speed, ...rest);
syncBuiltinESMExports();
