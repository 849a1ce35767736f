// Package features holds the Gherkin: the API as scenarios that people can read and the runner performs,
// a folder for each section of the documentation.
package features

import "embed"

// Files are the features, one folder for each section.
//
//go:embed */*.feature
var Files embed.FS
