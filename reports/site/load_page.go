package site

import (
	"html/template"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// LoadPage writes load.html.
func LoadPage(w io.Writer, r *reports.LoadRun) error { return loadTemplate.Execute(w, r) }

var loadTemplate = template.Must(template.New("load").Funcs(template.FuncMap{"charts": func(p reports.LoadPlan) []chart { return charts(&p) }, "first": func(list []string) []string { return list[:min(len(list), 3)] }, "rest": func(list []string) []string { return list[min(len(list), 3):] }, "weight": func(f evidence.Finding) string { word, _ := reports.WeightOf(&f); return strings.ToLower(word) }, "state": func(p reports.LoadPlan, one evidence.Invariant) string {
	state, _ := p.Standing(one)
	return strings.ToLower(state)
}}).Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Load: {{.Target.Name}} {{.Verdict}}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root{color-scheme:light dark;--ink:#1c2126;--dim:#56606b;--paper:#fff;--line:#d9dee3;--good:#12693a;--bad:#a81c1c}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebee;--dim:#a5aeb8;--paper:#14181c;--line:#333b43;--good:#5fd08f;--bad:#ff8a80}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:70rem;padding:2rem 1.25rem}
h1{font-size:1.9rem}h2{margin-top:2.5rem}p.dim{color:var(--dim)}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .7rem .3rem 0;border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.passed,.holds{color:var(--good);font-weight:600}.failed,.broken,.finding,.hazard{color:var(--bad);font-weight:600}figure{margin:1.2rem 0}figcaption{font-weight:600;margin-bottom:.3rem}svg{width:100%;height:auto;font:11px system-ui,sans-serif;fill:var(--dim)}polyline{fill:none;stroke-width:2}.p99{stroke:var(--bad)}.p50{stroke:var(--good)}.send{stroke:var(--dim);stroke-dasharray:5 4}.due{stroke:var(--ink)}.grid{stroke:var(--line)}rect.good,circle.good{fill:var(--good)}rect.throttled{fill:#b8860b}rect.failed,circle.failed{fill:var(--bad)}.bounds{fill:var(--line)}.outline{fill:none;stroke:var(--ink)}.off:not(:checked)~svg .send{display:none}.scroll{overflow-x:auto}td.n,th.n{text-align:right}
</style></head><body><main><h1>{{.Target.Name}}: <span class="{{.Verdict}}">{{.Verdict}}</span></h1>{{with .Reason}}<p>{{.}}</p>{{end}}
<p class="dim">{{.Tool.Name}} {{.Tool.Version}} · run {{.RunID}} · seed {{.Seed}} · {{.StartedAt.Format "2006-01-02 15:04:05"}} UTC · exit code {{.ExitCode}}</p>
{{range .Plans}}<section><h2 id="{{.ID}}">{{.ID}}: <span class="{{.Verdict}}">{{.Verdict}}</span></h2><p>{{.Sentence}}</p>{{with .Reason}}<p>{{.}}</p>{{end}}
{{if .Due}}<p class="dim">{{.Due}} arrivals due, {{.Sent}} sent; asked {{printf "%.1f" .Asked}}/s, reached {{printf "%.1f" .Reached}}/s; generator lag p99 {{printf "%.2f" .Lag.P99}} ms</p>{{end}}
{{if .Gates}}<table><thead><tr><th>gate</th><th>state</th><th class="n">figure</th><th class="n">samples</th><th class="n">needed</th></tr></thead><tbody>{{range .Gates}}<tr><td><code>{{.Gate}}</code></td><td class="{{.State}}">{{.State}}</td><td class="n">{{printf "%.3g" .Figure}} {{.Unit}}</td><td class="n">{{.Samples}}</td><td class="n">{{.Needed}}</td></tr>{{end}}</tbody></table>{{end}}
{{$p := .}}{{if .Invariants}}<table><thead><tr><th>what must hold</th><th>requirement</th><th></th></tr></thead><tbody>{{range .Invariants}}<tr><td>{{.Sentence}}{{range first .Evidence}}<br><small>{{.}}</small>{{end}}{{with rest .Evidence}}<details><summary>{{len .}} more like these</summary><small>{{range .}}{{.}}<br>{{end}}</small></details>{{end}}</td><td>{{.Requirement}}</td><td class="{{state $p .}}">{{state $p .}}</td></tr>{{end}}</tbody></table>{{end}}
{{if .Findings}}<table><thead><tr><th>what answers showed</th><th>requirement</th><th>operation</th><th class="n">times</th><th></th></tr></thead><tbody>{{range .Findings}}<tr><td>{{.Message}}{{with .Reason}}<br><small>{{.}}</small>{{end}}</td><td>{{.Requirement}} ({{.Mark}})</td><td>{{.Operation}}</td><td class="n">{{.Count}}</td><td class="{{weight .}}">{{weight .}}</td></tr>{{end}}</tbody></table>{{end}}
{{if .Series}}<div class="scroll" tabindex="0" role="region" aria-label="Latencies by operation and class"><table><thead><tr><th>operation</th><th>class</th><th class="n">count</th><th class="n">p50</th><th class="n">p99</th><th class="n">max ms from due</th><th class="n">p99 from send</th></tr></thead><tbody>{{range .Series}}<tr><td>{{.Operation}}</td><td>{{.Class}}</td><td class="n">{{.Count}}</td><td class="n">{{printf "%.1f" .FromDue.P50}}</td><td class="n">{{printf "%.1f" .FromDue.P99}}</td><td class="n">{{printf "%.1f" .FromDue.Max}}</td><td class="n">{{printf "%.1f" .FromSend.P99}}</td></tr>{{end}}</tbody></table></div>{{end}}
{{$plan := .ID}}{{range charts .}}<figure id="{{$plan}}-{{.ID}}"><figcaption>{{.Title}}</figcaption>{{with .Toggle}}<input class="off" type="checkbox" checked id="{{$plan}}-toggle"><label for="{{$plan}}-toggle"> {{.}}</label>{{end}}{{.Picture}}</figure>
<details><summary>The same as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="{{.Title}}"><table><thead><tr>{{range .Head}}<th class="n">{{.}}</th>{{end}}</tr></thead><tbody>{{range .Rows}}<tr>{{range .}}<td class="n">{{.}}</td>{{end}}</tr>{{end}}</tbody></table></div></details>{{end}}
{{if .Observed}}<table><thead><tr><th>what the documentation leaves open</th><th>as it was seen</th></tr></thead><tbody>{{range .Observed}}<tr><td>{{.Question}}</td><td>{{.Answer}}</td></tr>{{end}}</tbody></table>{{end}}
{{if .Errors}}<table><thead><tr><th>errors</th><th class="n">times</th></tr></thead><tbody>{{range $text, $times := .Errors}}<tr><td>{{$text}}</td><td class="n">{{$times}}</td></tr>{{end}}</tbody></table>{{end}}
{{range .Pictures}}<p><a href="{{.File}}">A picture of what no order explains</a></p>{{end}}
</section>{{end}}</main></body></html>
`))
