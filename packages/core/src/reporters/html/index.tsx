import { renderToStaticMarkup } from 'preact-render-to-string';
import { outcomeWord } from '../describe.js';
import type { Reporter } from '../reporter.js';
import { Page } from './page.js';
import { STYLE } from './style.js';

const head = (title: string): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="referrer" content="no-referrer"/>
<title>${title}</title>
<link rel="stylesheet" href="report.css"/>
</head>
`;

/**
 * `report/index.html` for the build page: `publishHTML`, a report tab, an artifact. Without scripts, inline styles or
 * anything from another host, so that it reads the same under the policy Jenkins serves reports with
 * (jenkins.io/doc/book/security/configuring-content-security-policy, read 2026-11-23).
 */
export const html: Reporter = {
  format: 'html',
  fileName: 'report/index.html',
  assets: [{ fileName: 'report.css', content: STYLE }],
  create: () => ({
    end: (judgement) => [
      head(`scangate: ${outcomeWord(judgement.verdict.outcome)}`),
      renderToStaticMarkup(<Page judgement={judgement} />),
      '\n</html>\n',
    ],
  }),
};
