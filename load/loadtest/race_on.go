//go:build race

package loadtest

// RaceDetector says that the tests run with the race detector.
const RaceDetector = true
