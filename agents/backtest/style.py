"""How the page looks: for light and dark, for screens and paper, with the reader's own fonts."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2126; --soft: #5b6670; --ground: #fff; --panel: #f4f6f8; --rule: #d5dbe1;
  --a: #3566b8; --b: #c8590c; --gain: #1a7f37; --loss: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #9aa5af; --ground: #14181c; --panel: #1e242a;
  --rule: #39424b; --a: #7aa7f0; --b: #f2994a; --gain: #5bc475; --loss: #f28b82; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); } small { color: var(--soft); display: block; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.card { background: var(--panel); border-radius: .5rem; padding: .6rem .8rem; }
.card b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--rule); text-align: right; vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: .85rem; } tbody tr:hover { background: var(--panel); }
th:first-child, td:first-child, .words { text-align: left; }
td { white-space: nowrap; } td:first-child, td.words { white-space: normal; overflow-wrap: anywhere; min-width: 9rem; }
.gain { color: var(--gain); } .loss { color: var(--loss); } .same { background: var(--panel); }
.key::before { content: ""; display: inline-block; width: .8em; height: .8em; margin: 0 .35em 0 .8em; border-radius: 2px; }
.key.a::before { background: var(--a); } .key.b::before { background: var(--b); }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--soft); font-size: 11px; }
svg .grid { stroke: var(--rule); stroke-width: 1; } svg .axis { stroke: var(--soft); stroke-width: 1; }
svg rect.a { fill: var(--a); } svg rect.b { fill: var(--b); }
svg .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; } svg .line.a { stroke: var(--a); }
svg .line.b { stroke: var(--b); stroke-dasharray: 6 2; }
@media print { body { max-width: none; } h2, svg, tr { break-inside: avoid; } }
"""
