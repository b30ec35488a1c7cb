import type { CiServer } from '@scangate/core/ci';
import type { Config } from '@scangate/core/config';
import type { Context } from './context.js';
import { openNetwork } from './scan/platform.js';

const WHOLE_MS = 30_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface OpenCiServer extends CiServer {
  close(): Promise<void>;
}

/** The way to the CI tool's own server, through the proxy and with the certificates of the run. */
export function openCiServer(context: Context, config: Config): OpenCiServer {
  const http = openNetwork(context, config);
  return {
    env: context.env,
    request: async ({ method, url, headers, body }) => {
      const answer = await http.request({
        method,
        url,
        headers,
        ...(body === undefined ? {} : { body }),
        safe: method === 'GET',
        deadlineMs: context.now().getTime() + WHOLE_MS,
        maxBodyBytes: MAX_ANSWER_BYTES,
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text(MAX_ANSWER_BYTES) };
    },
    close: () => http.close(),
  };
}
