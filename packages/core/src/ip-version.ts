/*
 * The one name of `net` that knows addresses and opens no connection, so that no other room has to import a module that
 * does.
 */
export { isIP as ipVersion } from 'node:net';
