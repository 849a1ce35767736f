// Package steps is the vocabulary of the features: what each Gherkin sentence does and checks.
//
// What walks in is a sentence with its arguments and the [World] of one scenario; what walks out is
// evidence: checks that were evaluated, findings, and the exchanges behind them. Nothing here knows
// the mock. What a scenario needs is asked for by meaning and made through the public API, else taken
// from the target file, else the scenario is not testable and says which key would make it so.
package steps
