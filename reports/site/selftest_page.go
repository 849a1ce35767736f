package site

import (
	"fmt"
	"html/template"
	"io"

	"github.com/kobcheck/kobcheck/reports"
)

var selftestPage = template.Must(template.New("selftest").Funcs(template.FuncMap{"percent": func(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }}).Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Detection power</title>
<style>
:root{color-scheme:light dark;--ink:#1c2126;--dim:#56606b;--paper:#fff;--line:#d9dee3;--good:#12693a;--bad:#a81c1c}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebee;--dim:#a5aeb8;--paper:#14181c;--line:#333b43;--good:#5fd08f;--bad:#ff8a80}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:76rem;padding:2rem 1.25rem}
h1{font-size:1.9rem;margin:0 0 .25rem}h2{margin-top:2.5rem}p{color:var(--dim)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.875em}.bad{color:var(--bad);font-weight:600}.good{color:var(--good);font-weight:600}
.scroll{overflow-x:auto}
</style></head><body><main>
<h1>Detection power {{percent .Summary.Power}}</h1>
<p>{{.Summary.Killed}} of {{.Summary.Faults}} deliberate faults of the mock were caught, {{.Summary.RightRequirement}} of them on the very requirement that they break.</p>
<h2>The conforming mock</h2><div class="scroll" tabindex="0"><table><thead><tr><th>style</th><th>edition</th><th class="n">passed</th><th class="n">false alarms</th></tr></thead><tbody>
{{range .Baseline}}<tr><td>{{.Style}}</td><td>{{.Edition}}</td><td class="n">{{.Passed}} of {{.Total}}</td><td class="n">{{.Findings}}</td></tr>{{end}}</tbody></table></div>
<h2>By group</h2><div class="scroll" tabindex="0"><table><thead><tr><th>group</th><th class="n">faults</th><th class="n">caught</th><th class="n">on the right requirement</th></tr></thead><tbody>
{{range $name, $k := .Summary.ByGroup}}<tr><td>{{$name}}</td><td class="n">{{$k.Faults}}</td><td class="n">{{$k.Killed}}</td><td class="n">{{$k.Right}}</td></tr>{{end}}</tbody></table></div>
{{with .Summary.Isolation}}<h2>What a fault does to the rest of the suite</h2><p>{{.Measured}} faults were seen in a whole run.</p><div class="scroll" tabindex="0"><table><thead><tr><th></th><th class="n">median</th><th class="n">p90</th><th class="n">most</th></tr></thead><tbody>
<tr><td>failed scenarios</td>{{template "spread" .FailedScenarios}}</tr><tr><td>blocked scenarios</td>{{template "spread" .BlockedScenarios}}</tr><tr><td>requirements that lost their evidence</td>{{template "spread" .LostRequirements}}</tr></tbody></table></div>
<div class="scroll" tabindex="0"><table><thead><tr><th>the faults that do most</th><th class="n">failed</th><th class="n">blocked</th><th class="n">lost</th></tr></thead><tbody>{{range $.Worst}}<tr><td><code>{{.ID}}</code></td><td class="n">{{.FailedScenarios}}</td><td class="n">{{.BlockedScenarios}}</td><td class="n">{{.LostRequirements}}</td></tr>{{end}}</tbody></table></div>{{end}}
<h2>The kill matrix</h2><div class="scroll" tabindex="0"><table><thead><tr><th>fault</th><th>what the mock does</th><th>breaks</th><th>caught</th><th>by</th></tr></thead><tbody>
{{range .Faults}}<tr><td><code>{{.ID}}</code></td><td>{{.Sentence}}</td><td>{{.Requirement}} ({{.Mark}})</td><td>{{if .RightRequirement}}<span class="good">caught</span>{{else if .Killed}}<span class="bad">for another reason</span>{{else}}<span class="bad">survived</span>{{end}}</td><td>{{range $i, $k := .By}}{{if lt $i 3}}<code>{{$k.Scenario}}</code> {{end}}{{end}}</td></tr>
{{end}}</tbody></table></div></main></body></html>
{{define "spread"}}<td class="n">{{.Median}}</td><td class="n">{{.P90}}</td><td class="n">{{.Max}}</td>{{end}}`))

// SelftestPage writes selftest.html.
func SelftestPage(w io.Writer, s *reports.Selftest) error { return selftestPage.Execute(w, s) }
