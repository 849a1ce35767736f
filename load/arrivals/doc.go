// Package arrivals sends requests when they are due, whatever the API does (an open model), through vegeta's attacker,
// and keeps what came back: latency from the due time and from the send time, by the second and by the operation.
package arrivals
