import { type Redact, ScangateError } from '@scangate/core';
import type { CiServer } from '@scangate/core/ci';
import type { Config } from '@scangate/core/config';
import type { Context } from './context.js';
import { reasonOf } from './disk.js';
import { openNetwork } from './scan/platform.js';

const WHOLE_MS = 30_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface OpenCiServer extends CiServer {
  close(): Promise<void>;
}

/** The way to the CI tool's own server, through the proxy and with the certificates of the run. */
export function openCiServer(context: Context, config: Config, redact: Redact): OpenCiServer {
  const http = openNetwork(context, config);
  return {
    env: context.env,
    request: async ({ method, url, headers, body }) => {
      const answer = await http.request({
        method,
        url,
        headers,
        // A finding may quote a secret; the headers hold the one that is meant for the server.
        ...(body === undefined ? {} : { body: redact(body) }),
        safe: method === 'GET',
        deadlineMs: context.now().getTime() + WHOLE_MS,
        maxBodyBytes: MAX_ANSWER_BYTES,
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text(MAX_ANSWER_BYTES) };
    },
    append: (path, content) => {
      const { disk } = context;
      try {
        const text = typeof content === 'string' ? content : (disk.readState(content.file ?? content.path) ?? '');
        disk.appendText(path, redact(text));
      } catch (cause) {
        throw new ScangateError('SCANGATE_OUTPUT_UNWRITABLE', `${path} cannot be written: ${reasonOf(cause)}`, {
          cause,
        });
      }
    },
    close: () => http.close(),
  };
}
