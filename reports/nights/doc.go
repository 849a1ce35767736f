// Package nights says what many runs say together: since when something fails, what is new and what has gone, how
// latency moves, and whether an API still answers as it did.
package nights
