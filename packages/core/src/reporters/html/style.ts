/*
 * The stylesheet of the report, a file of its own: Jenkins serves reports under `style-src 'self'` without scripts, inline
 * styles or anything from other hosts. Nothing is said by colour alone.
 */
export const STYLE = `:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; }
.outcome { display: inline-block; padding: 0 .5em; border: 2px solid; border-radius: .3em; font-weight: 700; }
.pass { color: #1a7f37; } .warn { color: #9a6700; } .fail { color: #cf222e; } .inconclusive { color: #8250df; }
.facts { color: GrayText; margin: .25rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { background: var(--soft); }
details { border: 1px solid var(--line); border-radius: .4em; margin: .4rem 0; padding: .4rem .7rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.severity { font-weight: 700; text-transform: uppercase; font-size: .85em; margin-right: .5em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .6rem 0; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
@media print { details { break-inside: avoid; } }
`;
