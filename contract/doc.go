// Package contract holds what the documentation of the Kobble card-issuing API says, as data: the
// operations, every numbered requirement with its source and mark, the eight ordered checks of card
// creation, the places where pages contradict each other and the questions that no page answers.
//
// What walks in is the embedded YAML beside these files; what walks out is one immutable [Contract].
// There is no behaviour here. Client, mock, steps, load and reports all read this one table, so an
// operation is described in exactly one place.
package contract
