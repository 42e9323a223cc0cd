// Starts dist/main.pack: a script of LENGTH bytes and behind it the code that V8 made of it (scripts/steps/program.mjs).
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");

const directory = `${__dirname.slice(0, __dirname.lastIndexOf("/"))}/dist`;
const filename = `${directory}/main.pack`;
const pack = readFileSync(filename);
const start = pack.indexOf(10) + 1;
const end = start + Number(pack.latin1Slice(0, start - 1));
const cachedData = pack.subarray(end);
const T=[];const G=process.getBuiltinModule;process.getBuiltinModule=(n)=>{const a=performance.now();const m=G.call(process,n);T.push(["  builtin "+n+" "+(performance.now()-a).toFixed(2),performance.now()]);return m};const {performance:P}=require("node:perf_hooks");const mark=(n)=>T.push([n,P.now()]);mark("read");const S=new Script(pack.latin1Slice(start,end),{filename,cachedData});mark("script rejected="+S.cachedDataRejected);const F=S.runInThisContext();mark("ctx");const req=(n)=>{const a=P.now();const m=require(n);const d=P.now()-a;if(d>0.2)T.push(["  require "+n+" took "+d.toFixed(2),P.now()]);return m;};Object.assign(req,require);const fs=require("node:fs");for(const k of ["mkdirSync","writeSync","symlinkSync","readFileSync","renameSync","rmdirSync"]){const o=fs[k];fs[k]=function(...a){mark(k+" "+String(a[0]).slice(-40));return o.apply(this,a)}};const cp=require("node:child_process");const so=cp.spawn;cp.spawn=function(...a){mark("spawn");const r=so.apply(this,a);mark("spawned");r.on("exit",()=>mark("child exit"));return r};process.on("exit",()=>{mark("exit");if(process.env.T)require("node:fs").writeFileSync(process.env.T,T.map(([n,t])=>t.toFixed(2)+" "+n).join("\n"))});F(req,directory);mark("main returned");
