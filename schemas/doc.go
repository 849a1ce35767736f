// Package schemas checks JSON against the documented shapes, one draft-07 schema for each schema that
// the documentation names and for the shapes that it leaves without a name.
//
// What walks in is a body; what walks out is a sorted list of violations, each with the JSON Pointer,
// what was expected, what was there, and the requirement and mark of the fact that it breaks. Nothing
// is ever fetched.
package schemas
