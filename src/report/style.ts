/** The colours by name, light and dark; texts on their grounds have a contrast of at least 4.5 to 1 (WCAG 2, AA). */
export const colours = {
  light: {
    ...{ paper: "#faf9f5", sheet: "#ffffff", ink: "#1a2126", soft: "#505b62", line: "#d8d5cb", rest: "#e9e7e0" },
    ...{ accent: "#0a5f57", ground: "#e2f0ed", warn: "#86380f", warnground: "#fbeee4", shade: "#f2f0ea" },
    ...{ host: "#2b6a99", child: "#0b6e63", init: "#8c5a12", links: "#6d4a95", ports: "#9a3f66", other: "#5b666d" },
  },
  dark: {
    ...{ paper: "#11171a", sheet: "#182024", ink: "#e9edeb", soft: "#a6b3b8", line: "#35424a", rest: "#2a353a" },
    ...{ accent: "#74d2c4", ground: "#17332f", warn: "#f2a882", warnground: "#38251a", shade: "#1e272b" },
    ...{ host: "#6fb5e2", child: "#5ac8b7", init: "#dfb05f", links: "#bda4e4", ports: "#e292b5", other: "#9ba9af" },
  },
} as const;

type Scheme = keyof typeof colours;

function tokens(scheme: Scheme): string {
  const set = Object.entries(colours[scheme]).map(([name, value]) => `--${name}:${value}`);
  return `color-scheme:${scheme};${set.join(";")}`;
}

/** The whole style of a page: no font, picture or other file belongs to it. */
export function pageStyle(): string {
  return [schemes(), text, frame, pieces, drawings, tables, narrow, print].join("\n").replace(/\n\s+/g, "\n");
}

/** The reader's system decides, until a choice on the page does. */
function schemes(): string {
  return `:root{${tokens("light")}}
@media (prefers-color-scheme:dark){:root{${tokens("dark")}}}
:root:has(#scheme-light:checked){${tokens("light")}}
:root:has(#scheme-dark:checked){${tokens("dark")}}`;
}

const text = `
*{box-sizing:border-box}
html{font-size:clamp(1rem,.93rem + .3vw,1.2rem);scroll-behavior:smooth;scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.55;overflow-wrap:anywhere;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR","Noto Sans CJK KR","NanumGothic",sans-serif}
:lang(ko){word-break:keep-all}
code,.mono,.calls{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"Noto Sans Mono","DejaVu Sans Mono",monospace;font-size:.86em;word-break:normal}
h1{font-size:clamp(2.2rem,1.6rem + 3vw,3.6rem);line-height:1.1;letter-spacing:-.02em;margin:.1em 0 .25em}
h2{font-size:clamp(1.45rem,1.2rem + 1vw,2rem);line-height:1.2;letter-spacing:-.01em;margin:0 0 .3em}
h3{font-size:1.14rem;line-height:1.3;margin:2.2em 0 .6em}
h4,.small{font-size:.95rem;line-height:1.35;margin:1em 0 .4em}
h3 small,h4 small{font-weight:400;color:var(--soft);font-size:.86em}
p{margin:.6em 0;max-width:44em}
small,.note,.quiet,figcaption,caption,.lead{color:var(--soft)}
.note,figcaption,caption{font-size:.86rem}
.lead{font-size:1.05rem;margin:0}
a{color:var(--accent);text-underline-offset:.18em;text-decoration-thickness:.06em}
a:hover{text-decoration-thickness:.14em}
:focus-visible{outline:.18rem solid var(--accent);outline-offset:.15rem;border-radius:.2rem}`;

const frame = `
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:1rem;z-index:2;background:var(--sheet);padding:.5rem 1rem}
.page{max-width:76rem;margin:0 auto;padding:1.6rem clamp(1rem,3vw,2.5rem) 4rem}
.page-head{border-bottom:.2rem solid var(--ink);padding-bottom:1.6rem}
.brand{font-size:.86rem;letter-spacing:.04em;color:var(--soft);margin:0 0 1.6em}
.state{margin:0 0 1.4em}
section{border-top:.1rem solid var(--line);padding:2.6rem 0 1.2rem;min-width:0}
.section-head{display:flex;gap:1.1rem;margin-bottom:1.3rem}
.number{font-size:clamp(1.45rem,1.2rem + 1vw,2rem);line-height:1.2;font-weight:700;color:var(--accent);margin:0;min-width:1.3ch;font-variant-numeric:tabular-nums}
.side nav ol{list-style:none;counter-reset:n;display:flex;flex-wrap:wrap;gap:.2rem 1.3rem;margin:1.2rem 0 0;padding:0;font-size:.92rem}
.side nav li{counter-increment:n}
.side nav li::before{content:counter(n) " ";color:var(--soft);font-variant-numeric:tabular-nums}
.scheme{border:0;padding:0;margin:1rem 0 1.4rem;display:flex;flex-wrap:wrap;align-items:center;gap:.3rem;font-size:.86rem;min-width:0}
.scheme legend{float:left;padding:0;margin-right:.6rem;color:var(--soft)}
.scheme label{position:relative;cursor:pointer}
.scheme input{position:absolute;opacity:0;inset:0;margin:0;width:100%;height:100%;cursor:pointer}
.scheme span{display:block;padding:.25rem .75rem;border:.1rem solid var(--line);border-radius:1rem}
.scheme input:checked+span{border-color:var(--accent);background:var(--ground);color:var(--accent);font-weight:600}
.scheme input:checked+span::before{content:"\\2713\\00a0"}
.scheme input:focus-visible+span{outline:.18rem solid var(--accent);outline-offset:.15rem}
footer{border-top:.1rem solid var(--line);margin-top:2rem;padding-top:1rem;font-size:.86rem;color:var(--soft)}
@media (min-width:70rem){.columns{display:grid;grid-template-columns:12rem minmax(0,1fr);gap:0 3rem}
.side{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:2rem .3rem}
.side nav ol{display:block;margin:0}.side nav li{margin:.5rem 0;display:grid;grid-template-columns:1.2rem minmax(0,1fr)}
.columns main>section:first-child{border-top:0}}`;

const pieces = `
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,10.3rem),1fr));gap:.8rem 1.6rem;margin:1rem 0}
.facts dt{font-size:.82rem;color:var(--soft)}.facts dd{margin:0}
.tiles{list-style:none;margin:1.8rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,9.5rem),1fr));gap:.7rem}
.tiles a{display:block;height:100%;background:var(--sheet);border:.1rem solid var(--line);border-radius:.5rem;padding:.8rem .9rem;color:var(--ink);text-decoration:none}
.tiles a:hover,.tiles a:focus-visible{border-color:var(--accent)}
.tiles b{display:block;font-size:1.9rem;line-height:1.1;font-variant-numeric:tabular-nums;color:var(--accent)}
.tiles span{font-size:.86rem;color:var(--soft);line-height:1.35;display:block;margin-top:.25rem}
.card{background:var(--sheet);border:.1rem solid var(--line);border-radius:.5rem;padding:.9rem 1rem;min-width:0}
.card>:first-child{margin-top:0}.card>:last-child{margin-bottom:0}
.cards{list-style:none;margin:1rem 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:.7rem}
.cards h3{margin:0 0 .3em;font-size:1.05rem}.cards p{margin:.35em 0}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1rem;margin:1.4rem 0;min-width:0}
.stack{display:grid;gap:.8rem;min-width:0}.stack h3{margin:0 0 .5rem}
.plain{list-style:none;padding:0;margin:.5rem 0}.plain li{margin:.25rem 0}
.chips{list-style:none;padding:0;margin:.4rem 0;display:flex;flex-wrap:wrap;gap:.35rem}
.chips li{background:var(--shade);border-radius:.3rem;padding:.08rem .5rem}
.badge,.tag{display:inline-block;font-size:.82rem;line-height:1.4;border-radius:1rem;padding:.1rem .65rem;background:var(--shade);color:var(--soft)}
.tag{border-radius:.3rem;padding:0 .4rem}
.badge.own,.state-running{background:var(--ground);color:var(--accent);font-weight:600}
.badge.shared,.state-ended{background:var(--warnground);color:var(--warn);font-weight:600}
.state-paused,.state-created{background:var(--shade);color:var(--ink);font-weight:600}
.warning{background:var(--warnground);color:var(--warn);border-left:.3rem solid var(--warn);padding:.6rem .9rem;border-radius:.2rem}
.origin{font-size:.82rem;margin:.5rem 0 0}.origin-label{color:var(--soft)}
details{margin:1rem 0}summary{cursor:pointer;color:var(--accent);font-weight:600}.flag summary{font-weight:400}
.owner{border:.14rem solid var(--line);border-radius:.7rem;padding:1rem;margin:1rem 0;min-width:0}
.owner.inner{border-color:var(--accent);background:var(--shade);margin-bottom:0}
.owner-name{font-weight:600;margin:0 0 .4rem}
.layers{list-style:none;padding:0;margin:1rem 0}
.layer{background:var(--sheet);border:.1rem solid var(--line);border-bottom-width:.25rem;padding:.7rem 1rem;margin:0 0 .3rem;border-radius:.35rem}
.layer.writable{border-style:dashed;border-color:var(--accent)}
.layer p{margin:.2rem 0;max-width:none}.layer-line{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline}
.tree{list-style:none;padding:0}.group{border-left:.2rem solid var(--line);padding:.2rem 0 .8rem 1rem;min-width:0}
.group.own{border-color:var(--accent);background:var(--sheet);padding:.8rem 1rem;border-radius:0 .5rem .5rem 0}
.group-name{margin:0}.depth-1{margin-left:1rem}.depth-2{margin-left:2rem}.depth-3{margin-left:3rem}
.depth-4{margin-left:4rem}.depth-5{margin-left:5rem}.depth-6{margin-left:6rem}
.cap-grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr));gap:1rem}
.caps h4{margin-top:0}.caps.more li,.caps.less li{background:var(--warnground);color:var(--warn)}
.caps.both li{background:var(--ground);color:var(--accent)}
.changes{list-style:none;padding:0;margin:.4rem 0}.changes li{display:flex;gap:.7rem;padding:.4rem 0;border-top:.07rem solid var(--line)}
.changes div{min-width:0}.sign{font-weight:700;font-size:1.15rem;line-height:1.3;min-width:1ch}
.added .sign,.added .kind{color:var(--accent)}.removed .sign,.removed .kind,.changed .sign,.changed .kind{color:var(--warn)}
.kind{font-size:.82rem;font-weight:600}.fields{display:block;font-size:.8rem;color:var(--soft)}
.flag h3{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline}.flag details{margin:.3rem 0 0}
.step{border-top:.07rem solid var(--line);padding:.6rem .6rem .6rem .8rem;border-left:.25rem solid transparent}
.step h4{margin:0}.step p{margin:.1rem 0;max-width:none;font-size:.9rem;color:var(--soft)}
.step:target{border-left-color:var(--accent);background:var(--ground)}
.calls{padding-left:3.6em;margin:.3rem 0;line-height:1.5}.calls li::marker{color:var(--soft)}
.calls code{font-size:1em}.calls i{font-style:normal;color:var(--soft);white-space:nowrap}
.errno{color:var(--warn);font-weight:600}
.code-lines{list-style:none;margin:.3rem 0;padding:0;line-height:1.5}.code-lines li{padding:.12rem 0 .12rem 1.5em;text-indent:-1.5em}`;

const drawings = `
figure{margin:1rem 0;min-width:0}svg{display:block;width:100%}
.bar{height:.85rem;margin:.35rem 0;border-radius:.2rem;overflow:hidden}
.rest{fill:var(--rest)}.used,.allowed{fill:var(--accent)}.wasted,.refused{fill:var(--warn)}.depends{fill:var(--init)}
.lane{height:1.9rem}
.lane-row{display:grid;grid-template-columns:minmax(0,13rem) minmax(0,1fr);gap:.2rem 1.2rem;align-items:center;padding:.4rem 0;border-top:.07rem solid var(--line)}
.lane-name{font-size:.9rem;line-height:1.3}.lane-name span{display:block;font-size:.82rem;color:var(--soft)}
.lane a rect{stroke:var(--paper);stroke-width:.6;vector-effect:non-scaling-stroke}
.lane a:focus{outline:none}.lane a:hover rect,.lane a:focus-visible rect{stroke:var(--ink);stroke-width:3}
.lane-host{fill:var(--host)}.lane-child{fill:var(--child)}.lane-init{fill:var(--init)}.lane-links{fill:var(--links)}
.lane-ports{fill:var(--ports)}.lane-monitor,.lane-end{fill:var(--other)}
.ticks{display:flex;justify-content:space-between;margin-left:calc(13rem + 1.2rem);font-size:.78rem;color:var(--soft);font-variant-numeric:tabular-nums}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;font-size:.86rem}
.key::before{content:"";display:inline-block;width:.9em;height:.9em;margin-right:.45em;border-radius:.15em;vertical-align:-.08em}
.key.allowed::before{background:var(--accent)}.key.depends::before{background:var(--init)}.key.refused::before{background:var(--warn)}
.path-line{list-style:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(9.4rem,1fr));gap:.8rem 1.9rem;margin:.5rem 0 1.4rem;padding:0}
.station{position:relative;min-width:0;border:.12rem solid var(--line);border-radius:.5rem;padding:.55rem .75rem;background:var(--sheet);font-size:.88rem;line-height:1.4}
.station strong,.station>span{display:block}.where{font-size:.78rem;color:var(--soft)}
.station.container{border-color:var(--accent);background:var(--ground)}
.station.outside{border-style:dashed}
.station+.station::before{content:"\\2192";position:absolute;left:-1.55rem;top:50%;transform:translateY(-50%);font-size:1.15rem;color:var(--soft)}`;

const tables = `
table{width:100%;border-collapse:collapse;margin:1rem 0;font-size:.92rem;table-layout:auto}
caption{text-align:left;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .8rem .45rem 0;border-top:.07rem solid var(--line);font-weight:400}
thead th{font-size:.82rem;color:var(--soft);border-top:0}
thead th{overflow-wrap:normal}.short{white-space:nowrap}
tbody th{min-width:8.6rem}td .bar{max-width:12rem}`;

const narrow = `
@media (max-width:44rem){
.lane-row{grid-template-columns:minmax(0,1fr)}.ticks{margin-left:0}.ticks span:nth-child(even){display:none}
table,tbody,tr,td,tbody th{display:block}thead{position:absolute;left:-100vw}
tbody tr{border-top:.1rem solid var(--line);padding:.6rem 0}
td,tbody th{border:0;padding:.12rem 0}tbody th{font-weight:600}
td{display:grid;grid-template-columns:minmax(0,6.4rem) minmax(0,1fr);gap:.6rem}.short{white-space:normal}
td::before{content:attr(data-label);font-size:.82rem;color:var(--soft)}
.path-line{grid-template-columns:minmax(0,1fr);gap:1.5rem}
.station+.station::before{content:"\\2193";left:1rem;top:-1.65rem;transform:none}
.owner{padding:.7rem}.group{padding-left:.7rem}.depth-1,.depth-2,.depth-3,.depth-4,.depth-5,.depth-6{margin-left:.6rem}
.calls{padding-left:2.9em}.section-head{gap:.7rem}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}*{transition:none!important;animation:none!important}}`;

const print = `
@media print{:root,:root:has(#scheme-dark:checked){${tokens("light")};--paper:#fff}
html{font-size:10pt}.side,.skip{display:none}.page{max-width:none;padding:0}
a{color:inherit;text-decoration:none}details::details-content{content-visibility:visible;block-size:auto}
.card,.step,.layer,.station,.group,figure,tr{break-inside:avoid}h2,h3,h4{break-after:avoid}
svg rect,.badge,.key::before,.chips li{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;
