// Package scene prepares what a scenario, a plan or a walk needs: valid requests, things, the unit of money, and
// copies of a request at one moment. It is for what has to be there before the subject is looked at, so that it asks
// of an answer only what it uses: a 2xx and an id.
//
// What walks in is the contract, a client and what the owner of a target hands over; what walks out is a [Thing], a
// [Draft], or an error that says which operation blocks ([Blocked]) or what is missing ([NotTestable]).
package scene
