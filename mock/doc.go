// Package mock is a whole Kobble in one process: every documented operation, stateful, safe for
// concurrent use, with exact money, tenancy, tokens, idempotency and the eight ordered checks of card
// creation.
//
// What walks in is an HTTP request; what walks out is the documented answer. Where the documentation
// leaves something open the answer follows a style (style.go), a point of the space that
// contract/freedoms.yaml spans, so that a suite which passes everywhere in it can't lean on a guess.
//
// Deliberate faults (package fault) break one behaviour each. The conforming behaviour reads alone: what a fault
// makes of cards.go stands in cards_broken.go, and so on; cards.go has one line where that comes in, such as
// keep, either, touched or a name that begins with broken.
package mock
