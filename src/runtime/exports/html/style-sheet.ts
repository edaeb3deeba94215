import { hues } from './arm-style.ts';
import { levelRules, levelVariables } from './colour-levels.ts';

/** Text on the page has a contrast of at least 4.5, lines at least 3, in both. */
const light = `color-scheme:light;--page:#fdfcf9;--raised:#f6f4ee;--ink:#1c2025;--quiet:#5a626d;--rule:#e3dfd6;--strong-rule:#8a8578;
--blue:#0b62bd;--vermilion:#bd3f0a;--green:#0b7356;--purple:#93318a;--amber:#8f5a00;--sky:#0b718f;--grey:#666c76;
--holds:#0b7356;--fails:#b3261e;--inconclusive:#8f5a00;--tint:6%;${levelVariables(false)}`;

const dark = `color-scheme:dark;--page:#15171b;--raised:#1d2026;--ink:#e8e6e1;--quiet:#a2a8b2;--rule:#2e3239;--strong-rule:#767d88;
--blue:#62abf5;--vermilion:#f08a58;--green:#46bd95;--purple:#d68fcf;--amber:#dcae45;--sky:#5cc3df;--grey:#9ba2ad;
--holds:#46bd95;--fails:#f2857c;--inconclusive:#dcae45;--tint:12%;${levelVariables(true)}`;

const rules = `
*{box-sizing:border-box}
html{background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:56px 32px 96px;max-width:944px}
h1,h2,blockquote,cite{font-family:"Iowan Old Style","Palatino Linotype",Palatino,"Source Serif 4","Noto Serif",Georgia,serif}
h1{font-size:34px;line-height:1.2;font-weight:600;margin:0 0 12px;text-wrap:balance}
h1.long{font-size:27px}
h2{font-size:23px;line-height:1.3;font-weight:600;margin:0 0 6px}
h3{font-size:15px;font-weight:600;margin:20px 0 8px}
p{margin:0 0 12px}
a{color:var(--blue);text-underline-offset:2px}
code,pre{font:13px/1.5 ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,monospace}
pre{background:var(--raised);padding:16px;overflow:auto;max-height:70vh;margin:8px 0;border-radius:6px;tab-size:2}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px;border-radius:3px}
header{margin-bottom:24px}
.eyebrow{font-size:14px;font-weight:600;color:var(--blue);margin:0 0 8px}
.eyebrow span{font-weight:400;color:var(--quiet)}
.quiet,.lead{color:var(--quiet);font-size:14px}
.unit,.about,.best{color:var(--quiet);font-size:12.5px;font-weight:400}
.best{color:var(--holds)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.status.completed{color:var(--holds)}.status.failed{color:var(--fails)}.status.stopped,.status.interrupted{color:var(--inconclusive)}
nav{margin:0 0 32px;border-block:1px solid var(--rule);padding:8px 0}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:0;padding:0;font-size:14px}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
section{margin:0 0 48px}
.verdict,.error,.warnings{padding:22px 26px;border-radius:8px;border-left:5px solid var(--accent);background:color-mix(in srgb,var(--accent) var(--tint),var(--page))}
.verdict h2,.error h2{display:flex;align-items:center;gap:10px;color:var(--accent);font-size:27px}
.holds{--accent:var(--holds)}.fails{--accent:var(--fails)}.inconclusive{--accent:var(--inconclusive)}
.verdict.none{--accent:var(--grey)}.error{--accent:var(--fails)}.warnings{--accent:var(--inconclusive)}
.verdict h2 .sign{width:30px;height:30px}
.verdict .quiet{margin:10px 0 0}
.warnings ul{margin:0;padding-left:20px}
blockquote{margin:4px 0 16px;font-size:18px;font-style:italic;text-wrap:pretty}
.sign{flex:none;vertical-align:-3px}
.sign circle{fill:var(--accent)}
.sign path{fill:none;stroke:var(--page);stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round}
td.outcome{color:var(--accent);font-weight:600;white-space:nowrap}
td .sign{width:17px;height:17px;margin-right:6px}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--quiet);font-size:14px;padding:0 0 6px}
th,td{text-align:left;vertical-align:top;padding:6px 16px 6px 0;border-bottom:1px solid var(--rule);font-weight:400}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--quiet);font-size:12.5px;vertical-align:bottom;border-bottom:1px solid var(--strong-rule)}
tbody th{font-weight:500}
thead .name{color:var(--ink);font-weight:600;font-size:14px}
td{white-space:nowrap}
td.text{white-space:normal;min-width:9em}
.conditions th[scope=row]{min-width:11em}
.conditions td,.conditions tbody th{vertical-align:middle;border-bottom-color:color-mix(in srgb,var(--accent) 22%,var(--page))}
.conditions tr:last-child td,.conditions tr:last-child th{border-bottom:0}
.strong{font-weight:650}
.about{display:inline-block;max-width:30em}
.numbers{width:auto}
.numbers td,.numbers tbody th{text-align:right;padding:2px 28px 2px 0}
.numbers thead th{text-align:right;padding-right:28px}
.numbers th[scope=rowgroup]{text-align:left;font-weight:650;padding-top:10px}
details{margin:8px 0}
details .scroll{max-height:420px;overflow:auto;margin-top:8px}
summary{cursor:pointer;color:var(--quiet);font-size:14px;width:fit-content}
summary:hover{color:var(--ink)}
figure{margin:0}
figcaption{color:var(--quiet);font-size:13.5px;margin-top:6px}
.keys{display:flex;flex-wrap:wrap;gap:2px 18px;margin-bottom:4px;color:var(--ink);font-size:13.5px}
.key{white-space:nowrap}
svg{display:block;max-width:100%;height:auto;overflow:visible}
.chart svg:not(.swatch),.figures figure>svg{width:100%}
svg.swatch,svg.sign{display:inline-block;max-width:none}
svg.swatch{vertical-align:baseline;margin-right:4px}
svg text{font-size:12px;fill:var(--quiet);font-family:inherit;font-variant-numeric:tabular-nums}
svg .axis-title{font-size:12px;fill:var(--quiet)}
svg .arm-label{font-size:13px;font-weight:600;fill:var(--colour)}
.grid{stroke:var(--rule);fill:none}
.axis{stroke:var(--strong-rule);fill:none}
.line{fill:none;stroke:var(--colour);stroke-linejoin:round;stroke-linecap:butt}
.casing{fill:none;stroke:var(--page);opacity:.7;stroke-linejoin:round;stroke-linecap:round}
.band{fill:var(--colour);opacity:.16}
.mark{fill:var(--colour);stroke:var(--page);stroke-width:1}
.miss{fill:none;stroke:var(--colour);stroke-width:1.4}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,380px),1fr));gap:28px 40px;align-items:start}
.cell{fill:var(--colour)}
.dot{fill:var(--colour);stroke:var(--page);stroke-width:.75}
.empty{fill:none;stroke:var(--colour);stroke-width:1}
.bar{fill:color-mix(in srgb,var(--colour) 82%,var(--page))}
.ellipse{fill:var(--colour);fill-opacity:.22;stroke:var(--colour);stroke-width:1.75}
.arrow{fill:none;stroke:var(--colour);stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.ink{--colour:var(--ink)}
.interval .holds-here{fill:var(--holds);opacity:.16}
.interval .bound{stroke:var(--quiet);stroke-dasharray:3 2;fill:none}
.interval .bar-line{stroke:var(--accent);stroke-width:2;fill:none}
.interval circle{fill:var(--accent)}
.interval{max-width:none}
.interval text{font-size:11px}
dl{margin:0;font-size:14px}
dl div{display:grid;grid-template-columns:190px 1fr;gap:16px;padding:6px 0;border-bottom:1px solid var(--rule)}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
@media (max-width:640px){body{padding:28px 18px 64px}h1,h1.long{font-size:24px}dl div{grid-template-columns:1fr;gap:0}}
@media print{@page{margin:16mm}html{font-size:10.5pt}table{font-size:12px}.interval{width:110px}body{padding:0;max-width:none}nav{display:none}
section,figure,tr{break-inside:avoid}h2,h3,thead{break-after:avoid}.scroll,pre{overflow:visible;max-height:none}
details:not([open]){display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

/** The page's one style sheet: light, and dark where the reader's system asks for it; always light on paper. */
export function styleSheet(): string {
  const hueRules = hues.map((hue) => `.${hue}{--colour:var(--${hue})}`).join('');
  return `:root{${light}}@media screen and (prefers-color-scheme:dark){:root{${dark}}}${rules}${hueRules}${levelRules()}`.replaceAll(
    '\n',
    '',
  );
}
