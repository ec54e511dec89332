/** Style and script of the HTML report; it follows the reader's light or dark setting. */
export const pageStyle = `
:root{color-scheme:light dark;--line:light-dark(#d0d7de,#30363d);--soft:light-dark(#f6f8fa,#161b22);--dim:light-dark(#59636e,#9198a1);
--success:light-dark(#1a7f37,#3fb950);--failure:light-dark(#cf222e,#f85149);--cancelled:light-dark(#9a6700,#d29922);--skipped:var(--dim)}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:1.8rem 0 .6rem}h3{font-size:1rem;margin:0 0 .5rem}
small,.reason,header p{color:var(--dim);font-weight:normal}
.badge{font-weight:bold}.success{color:var(--success)}.failure,.error{color:var(--failure)}.cancelled,.warning{color:var(--cancelled)}.skipped,.notice{color:var(--skipped)}
.graph{display:flex;align-items:center;gap:.75rem;overflow-x:auto;padding-bottom:.5rem}.column{display:flex;flex-direction:column;gap:.5rem}.arrow{color:var(--dim)}
.node{border:1px solid var(--line);border-radius:6px;padding:.35rem .7rem;text-decoration:none;color:inherit;white-space:nowrap;background:var(--soft)}
.row{display:grid;grid-template-columns:minmax(8rem,20%) 1fr;gap:1rem;align-items:center}.row>span:first-child{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.track{position:relative;height:1rem;background:var(--soft);border-radius:3px}.bar{position:absolute;height:100%;border-radius:3px;background:currentColor}
article{border:1px solid var(--line);border-radius:6px;padding:1rem;margin:1rem 0}
summary{cursor:pointer;padding:.15rem 0}pre{background:var(--soft);padding:.75rem;border-radius:6px;overflow:auto;max-height:32rem;font-size:.85rem;white-space:pre-wrap;overflow-wrap:anywhere}
.annotations{padding-left:1.2rem}.summary{border-top:1px solid var(--line);margin-top:1rem;padding-top:.5rem}
table{border-collapse:collapse}td,th{border:1px solid var(--line);padding:.25rem .6rem}
`.trim();

/** Opens what a link or the address points to, and keeps a long log at its end. */
export const pageScript = `
const reveal=()=>{const at=location.hash&&document.getElementById(location.hash.slice(1));if(at)at.scrollIntoView()};
addEventListener('hashchange',reveal);reveal();
for(const details of document.querySelectorAll('details')){const toEnd=()=>{const pre=details.querySelector('pre');if(details.open&&pre)pre.scrollTop=pre.scrollHeight};details.addEventListener('toggle',toEnd);toEnd()}
`.trim();
