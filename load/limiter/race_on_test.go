//go:build race

package limiter

// raceDetector says that the tests run with the race detector.
const raceDetector = true
