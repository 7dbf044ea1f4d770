--- The style of the HTML report. No fonts, no images: what the system has.
-- @module wsstls.report.html.style
return [[
:root{color-scheme:light dark;
--page:#f6f7f9;--card:#fff;--ink:#1b2330;--soft:#5b6675;--faint:#8b95a3;
--line:#e2e6eb;--well:#f3f5f8;--good:#1a7f47;--bad:#c62835;--warn:#9a6200;
--link:#1f5fbf;--http:#6a45c4;--badbg:#fdeeef;--goodbg:#e9f6ee;
--warnbg:#fdf3e0}
@media (prefers-color-scheme:dark){:root{
--page:#0f131a;--card:#171c25;--ink:#e3e8ef;--soft:#9aa6b5;--faint:#6f7b8b;
--line:#29313d;--well:#11161e;--good:#4cc38a;--bad:#ff6e76;--warn:#e5a93d;
--link:#74a9ff;--http:#b197fc;--badbg:#34191d;--goodbg:#12291d;
--warnbg:#2e2412}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main{max-width:1240px;margin:0 auto;padding:0 24px}
header{padding-top:32px}
h1{font-size:27px;line-height:1.2;margin:2px 0 8px;letter-spacing:-.01em}
h2{font-size:13px;margin:0 0 10px;color:var(--soft);font-weight:600}
h4{font-size:12.5px;margin:0 0 8px;color:var(--soft);font-weight:600}
h5{font-size:11.5px;margin:0 0 2px;color:var(--soft);font-weight:600}
p{margin:0}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
code,pre,.du,.nm{font-family:ui-monospace,"SF Mono",Menlo,Consolas,
"DejaVu Sans Mono",monospace}
.br{color:var(--soft);font-size:13px;font-weight:600}
.fa{color:var(--soft);font-size:13px;display:flex;flex-wrap:wrap;
gap:2px 18px}
.ov{display:grid;grid-template-columns:1fr 1fr;gap:20px;margin:22px 0 26px}
.ov>section{background:var(--card);border:1px solid var(--line);
border-radius:10px;padding:18px 20px}
.ov>section:only-child{grid-column:1/3}
.fg{display:flex;gap:34px;margin:2px 0 20px}
.fg b{display:block;font-size:32px;line-height:1.1;font-weight:650;
font-variant-numeric:tabular-nums}
.fg span{font-size:13px;color:var(--soft)}
.fg .passed b{color:var(--good)}
.fg .failed b,.fg .error b{color:var(--bad)}
.fg .skipped b{color:var(--warn)}
.fg .zero b{color:var(--faint)}
.bar{display:flex;gap:2px;height:10px;border-radius:5px;overflow:hidden}
.bar span{min-width:3px}
.bar .passed{background:var(--good)}
.bar .failed,.bar .error{background:var(--bad)}
.bar .skipped{background:var(--warn)}
.sl ol,.gp{margin:0;padding:0;list-style:none;font-size:13px}
.sl li,.gp li{display:grid;
grid-template-columns:minmax(0,1fr) 120px 74px;gap:12px;
align-items:center;line-height:1.75}
.sl a{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.tk{height:6px;background:var(--well);border-radius:3px;overflow:hidden}
.gp{margin-top:20px}
.gp li{grid-template-columns:minmax(0,1fr) minmax(0,1.2fr) 74px}
.gp li>span:first-child{overflow:hidden;text-overflow:ellipsis;
white-space:nowrap}
.gp .bar{height:6px;border-radius:3px}
.tk i{display:block;height:100%;background:var(--faint)}
.du{font-size:12.5px;color:var(--soft);text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}
input[type=radio]{position:absolute;opacity:0;pointer-events:none}
.fi{margin:0 0 14px}
.fi>div{display:flex;flex-wrap:wrap;gap:6px;margin-bottom:8px}
.fi label{border:1px solid var(--line);background:var(--card);font-size:13px;
border-radius:14px;padding:2px 11px;cursor:pointer;line-height:1.6}
.fi label:hover{border-color:var(--faint)}
.fi label span{opacity:.6;font-variant-numeric:tabular-nums}
.list{background:var(--card);border:1px solid var(--line);border-radius:10px;
overflow:hidden;margin-bottom:48px}
.s+.s{border-top:1px solid var(--line)}
.s>summary{display:grid;align-items:baseline;gap:0 14px;padding:8px 20px;
cursor:pointer;list-style:none;
grid-template-columns:62px minmax(0,310px) minmax(0,1fr) auto 72px}
.s>summary::-webkit-details-marker{display:none}
.s>summary:hover{background:var(--well)}
.s[open]>summary{background:var(--well)}
.sg{font-size:12px;font-weight:600;color:var(--good)}
.failed>summary .sg,.error>summary .sg{color:var(--bad)}
.skipped>summary .sg{color:var(--warn)}
.nm{font-size:13px;overflow-wrap:anywhere}
.nm i{color:var(--faint);font-style:normal}
.ti{color:var(--soft);font-size:13.5px;overflow:hidden;text-overflow:ellipsis;
white-space:nowrap}
.s[open]>summary .ti{white-space:normal}
.gr,.tg{font-size:12px;color:var(--soft);overflow:hidden;max-width:180px;
text-overflow:ellipsis;white-space:nowrap}
.in{padding:14px 20px 22px;border-top:1px solid var(--line)}
.me{font-size:12.5px;color:var(--soft);display:flex;flex-wrap:wrap;
gap:4px 10px;margin-bottom:14px;align-items:baseline}
.me code{font-size:12px;overflow-wrap:anywhere}
.tg{border:1px solid var(--line);border-radius:9px;padding:0 8px}
.co{display:grid;grid-template-columns:minmax(0,590fr) minmax(0,534fr);gap:26px;
margin-bottom:14px}
.co.one{grid-template-columns:minmax(0,1fr)}
.co section+section,figure+section,section+figure{margin-top:22px}
figure{margin:0}
pre{margin:0;background:var(--well);border:1px solid var(--line);
border-radius:8px;padding:11px 13px;font-size:11.5px;line-height:1.55;
overflow-x:auto;tab-size:2}
.in>pre{margin-bottom:16px;max-height:420px;overflow:auto}
.er{color:var(--bad)}
.raw{margin-top:8px}
.raw>summary{cursor:pointer;font-size:13px;color:var(--soft)}
.raw>summary:hover{color:var(--ink)}
.raw>pre{margin-top:8px;white-space:pre-wrap;overflow-wrap:anywhere;
max-height:560px;overflow:auto}
table{border-collapse:collapse;font-size:13px}
th,td{text-align:left;vertical-align:top;padding:4px 12px 4px 0;
overflow-wrap:anywhere}
thead th{font-size:11.5px;color:var(--soft);font-weight:600;
border-bottom:1px solid var(--line)}
.mm{margin-bottom:18px;border:1px solid var(--bad);border-radius:8px;
border-collapse:separate;border-spacing:0;background:var(--badbg);
display:block;width:fit-content;max-width:100%;overflow-x:auto}
.mm th,.mm td{padding:5px 14px;overflow-wrap:break-word}
.mm th[scope]{font-weight:600;white-space:nowrap}
.tx{margin:-4px 0 16px;max-width:820px}
.ex{font-size:13px;width:100%;table-layout:fixed}
.ex th:first-child{width:120px}
.ex th[scope]{color:var(--soft);font-weight:400}
.ex th,.ex td{padding:2px 12px 2px 0;border-bottom:1px solid var(--line)}
.ex .no{color:var(--bad);font-weight:600}
.en{font-size:13px;color:var(--soft);margin-bottom:10px}
.rl{margin-top:8px;font-size:12.5px;font-variant-numeric:tabular-nums}
.rl td{padding-right:22px}
.rl .wr td{color:var(--warn);font-weight:600}
.vs{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);
border:1px solid var(--line);border-radius:8px;margin-bottom:12px;
font-size:13px}
.vs>div{padding:8px 13px;overflow-wrap:anywhere}
.vs>div+div{border-left:1px solid var(--line)}
.vs .miss p{color:var(--bad);font-weight:600}
.vs .hit p{color:var(--good);font-weight:600}
.lv{margin-left:calc(var(--l)*22px);position:relative;padding-top:8px}
.lv:first-child{padding-top:0}
.lv+.lv::before{content:"";position:absolute;left:-12px;top:-2px;width:12px;
height:28px;border-left:1.5px solid var(--faint);
border-bottom:1.5px solid var(--faint);border-bottom-left-radius:6px}
.ct{border:1px solid var(--line);border-radius:8px;padding:7px 12px}
.ct.bad{border-color:var(--bad)}
.ct.gh{border-style:dashed;border-color:var(--bad)}
.cn{display:flex;flex-wrap:wrap;gap:2px 8px;align-items:baseline;
font-size:13.5px;overflow-wrap:anywhere}
.dp{margin-left:auto;font-size:11.5px;color:var(--faint)}
.cl{font-size:12.5px;color:var(--soft)}
.bd{font-size:11.5px;color:var(--soft);border:1px solid var(--line);
border-radius:8px;padding:0 7px;line-height:1.5}
.bd.ok{color:var(--good);border-color:var(--good)}
.ft{font-size:12.5px;color:var(--bad);margin-top:2px}
.ft b{font-weight:600}
.ft.im{opacity:.75}
.fl{font-size:12px;width:100%;margin-top:7px}
.fl th[scope]{color:var(--soft);font-weight:400;white-space:nowrap;width:1%}
.fl td{width:52%}
.fl td+td{width:38%}
.fl thead th{padding-bottom:2px}
.fl td,.fl th{padding:2px 12px 2px 0}
.fl .wr th,.fl .wr td{color:var(--bad);font-weight:600;
background:var(--badbg)}
.fl .wr th[scope]{color:var(--bad);font-weight:600;
box-shadow:-6px 0 0 var(--badbg)}
.seq{display:block;width:100%;height:auto;max-width:640px;font-size:12px;
background:var(--well);border:1px solid var(--line);border-radius:8px}
.seq text{fill:var(--ink);
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.life{stroke:var(--faint);stroke-width:1.25}
.life.dim{stroke-dasharray:3 4}
.bx{fill:var(--card);stroke:var(--faint)}
.seq .hn{font-weight:600;font-size:12.5px}
.seq .ha{font-size:10px;fill:var(--soft)}
.seq .tm{font-size:10.5px;fill:var(--faint);font-variant-numeric:tabular-nums}
.seq .gap{font-size:11px;fill:var(--soft)}
.seq .lb,.seq .nt,.seq .gap{paint-order:stroke;stroke:var(--well);
stroke-width:4px;stroke-linejoin:round}
.seq .sz{fill:var(--faint);font-size:10.5px;font-weight:400}
.ar{stroke:var(--ink);stroke-width:1.4;fill:none}
.hd{fill:var(--ink)}
.ar.t-muted{stroke:var(--faint)}
.hd.t-muted{fill:var(--faint)}
.seq .lb.t-muted{fill:var(--faint)}
.ar.t-bad{stroke:var(--bad);stroke-width:2}
.hd.t-bad{fill:var(--bad)}
.seq .lb.t-bad{fill:var(--bad);font-weight:600}
.ar.t-http{stroke:var(--http)}
.hd.t-http{fill:var(--http)}
.seq .lb.t-http{fill:var(--http)}
.ar.t-frame{stroke:var(--link)}
.hd.t-frame{fill:var(--link)}
.seq .lb.t-frame{fill:var(--link)}
.ar.t-amber{stroke:var(--warn);stroke-width:2}
.hd.t-amber{fill:var(--warn)}
.ar.lost{stroke-dasharray:5 4;opacity:.7}

.lost-end{opacity:.7}
.seq path.ct{stroke:var(--warn);stroke-width:2.2;fill:none}
.pl{fill:var(--warn)}
.seq .pt{fill:var(--well);font-size:10.5px;font-weight:600}
.dt{fill:var(--faint);stroke:var(--well);stroke-width:1.5}
.dt.n-good{fill:var(--good)}
.dt.n-bad{fill:var(--bad)}
.seq .nt{fill:var(--soft);font-size:11.5px}
.seq .nt.n-good{fill:var(--good)}
.seq .nt.n-bad{fill:var(--bad);font-weight:600}
@media (max-width:1020px){
.co{grid-template-columns:minmax(0,1fr)}
.sl li{grid-template-columns:minmax(0,1fr) 60px 74px}
.gp li{grid-template-columns:minmax(0,1fr) minmax(0,.7fr) 74px}
.s>summary{grid-template-columns:56px minmax(0,1fr) auto 66px;padding:8px 16px}
.s>summary .ti{grid-column:2/5;grid-row:2;white-space:normal}
.in{padding:14px 16px 20px}}
@media (max-width:760px){
header,main{padding-left:14px;padding-right:14px}
.ov{grid-template-columns:minmax(0,1fr)}
.ov>section:only-child{grid-column:1}
.fg{gap:24px}
.s>summary .gr{display:none}
figure{overflow-x:auto}
.seq{min-width:500px}
.vs{grid-template-columns:minmax(0,1fr)}
.vs>div+div{border-left:0;border-top:1px solid var(--line)}
.lv{margin-left:calc(var(--l)*14px)}}
@media print{
body{background:#fff}
.s{break-inside:avoid}
.fi{display:none}}
]]
