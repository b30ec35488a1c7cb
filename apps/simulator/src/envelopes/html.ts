import type { Answer } from '../http/call.js';
import { escapeXml } from './xml.js';

/** The page of a load balancer in front of the platform: not one of the platform's own envelopes. */
export function htmlPage(status: number, title: string, sentence: string): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=UTF-8' },
    body: `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head><title>${escapeXml(title)}</title></head>
<body>
<h1>${escapeXml(title)}</h1>
<p>${escapeXml(sentence)}</p>
</body>
</html>
`,
  };
}
