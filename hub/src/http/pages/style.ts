/** Of all pages of the hub: no file beside it, nothing from elsewhere, light and dark, for a phone's width too. */
export const STYLE = `*{box-sizing:border-box}
:root{color-scheme:light dark;--line:#8886;--soft:#8881;--accent:#2457d6;--good:#1a7f37;--warn:#8a5a00;--bad:#b3261e;--added:#2da44e2b;--removed:#cf222e26}
@media (prefers-color-scheme:dark){:root{--accent:#8fb0ff;--good:#57c878;--warn:#e0b050;--bad:#ff8a80}}
body{overflow-wrap:anywhere;font:1rem/1.55 system-ui,sans-serif;margin:0;padding:1rem;background:Canvas;color:CanvasText}
main.card{width:min(30rem,100%);margin:10vh auto 0;padding:2rem;border:1px solid var(--line);border-radius:14px}
main.wide{width:min(58rem,100%);margin:0 auto 4rem}
h1{font-size:1.35rem;line-height:1.25;margin:0 0 .5rem}
.wide h1{font-size:1.6rem;margin-top:.5rem}
h2{font-size:1.05rem;margin:2rem 0 .5rem}
p{margin:.5rem 0 1.25rem}
a{color:var(--accent)}
code,pre{font:.875em/1.5 ui-monospace,monospace}
code{font-weight:600}
label{display:block;font-weight:600;margin-bottom:.35rem}
input[type=password],textarea{width:100%;font:inherit;padding:.65rem .75rem;border:1px solid GrayText;border-radius:8px;background:Field;color:FieldText}
textarea{min-height:4.5rem;resize:vertical}
button{font:inherit;font-weight:600;margin-top:1.1rem;padding:.65rem 1.3rem;border:1px solid var(--accent);border-radius:8px;background:var(--accent);color:Canvas;cursor:pointer}
button.quiet{background:transparent;color:var(--bad);border-color:var(--bad)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.note{font-size:.875rem;opacity:.8;margin:.5rem 0}
.problem{border-left:4px solid var(--bad);padding:.25rem .75rem}
.told{border-left:4px solid var(--accent);padding:.25rem .75rem}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
.chip{display:inline-block;font-size:.8rem;font-weight:600;padding:0 .5rem;border:1px solid currentColor;border-radius:99px;white-space:nowrap}
ul.plain{list-style:none;margin:0;padding:0;border:1px solid var(--line);border-radius:10px}
ul.plain>li{padding:.6rem .8rem}
ul.plain>li+li{border-top:1px solid var(--line)}
ul.plain p{margin:.2rem 0 0;font-size:.9rem;opacity:.85}
.choice{display:flex;gap:.65rem;align-items:flex-start}
.choice input{flex:none;width:1.15rem;height:1.15rem;margin:.25rem 0 0;accent-color:var(--accent)}
.choice label{flex:1;min-width:0;margin:0;font-weight:400}
dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.35rem 1rem;margin:0}
dt{font-weight:600}dd{margin:0;min-width:0}
details{border:1px solid var(--line);border-radius:10px;margin:.5rem 0}
summary{padding:.5rem .8rem;cursor:pointer}
details>:not(summary){margin:0 .8rem .8rem}
pre{overflow-x:auto;max-height:32rem;background:var(--soft);border-radius:8px;padding:.5rem 0}
pre span{display:block;padding:0 .75rem;min-height:1.5em;white-space:pre-wrap}
.added{background:var(--added)}.removed{background:var(--removed)}.gap{opacity:.6}
.decide{border:1px solid var(--line);border-radius:14px;padding:1rem 1.2rem 1.2rem;margin-top:2rem}
.decide h2{margin-top:0}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem}
nav{font-size:.9rem}
@media (max-width:34rem){main.card{padding:1.2rem;margin-top:1rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}.buttons button{flex:1}}`;
