package limiter

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func limiterText(f *Found) string {
	if !f.Present {
		return fmt.Sprintf("none up to %d requests at %.0f/s", f.Tried, f.PerSecond)
	}
	if len(f.Best) == 0 {
		return fmt.Sprintf("about %d requests at once; not found out: %s", f.Tried, strings.Join(f.Unknown, "; "))
	}
	best := f.Best[0]
	return fmt.Sprintf("%d requests in about %v, %s", best.Limit, threeDigits(best.Window), strings.Join(f.Kinds(), " or "))
}

// threeDigits writes seconds with three digits.
func threeDigits(seconds float64) time.Duration {
	unit := time.Duration(math.Pow(10, math.Floor(math.Log10(seconds*1e9))-2))
	return time.Duration(seconds * 1e9).Round(max(unit, time.Nanosecond))
}

func confidenceText(f *Found) string {
	text := f.Confidence()
	if len(f.Best) > 0 {
		text += fmt.Sprintf(": %d of %d answers contradict it", f.Best[0].Contradictions, len(f.Trace))
		if f.Margin > 0 && f.Margin < len(f.Trace) {
			text += fmt.Sprintf(", %d more the next kind", f.Margin)
		}
	}
	if len(f.Unknown) > 0 {
		text += "; not found out: " + strings.Join(f.Unknown, "; ")
	}
	return text
}

func refusedText(f *Found) string {
	if len(f.Best) != 1 && len(f.Kinds()) != 1 {
		return "not found out"
	}
	switch f.Best[0].Family {
	case SlidingRefused:
		return "yes: who goes on asking is refused for longer"
	case PenaltyBox:
		return "an excess blocks for a whole window; requests during the block do not prolong it"
	}
	return "no"
}

// scopeText says what a limiter counts by, from which other callers it let through.
func scopeText(free map[string]bool, hasSecond bool) string {
	var unknown []string
	for _, scope := range []string{"operation", "token", "client"} {
		if _, asked := free[scope]; !asked {
			unknown = append(unknown, scope)
		}
	}
	text := "everything together, or the address of the caller"
	switch {
	case free["operation"]:
		text = "each operation for itself"
	case free["token"]:
		text = "each token for itself"
	case free["client"]:
		text = "each client for itself"
	case !hasSecond:
		text = "more than an operation and a token; it takes a second client (target.clients.second) to tell a client from everything"
	}
	if len(unknown) > 0 && hasSecond {
		text += "; not found out for: " + strings.Join(unknown, ", ") + ", since the limit filled up meanwhile"
	}
	return text
}

func wholeSeconds(text string) (int, bool) {
	seconds, err := strconv.Atoi(text)
	return seconds, err == nil && seconds >= 0
}

// headersText says which headers tell callers of a limit, and whether their figure is the one that was found.
func headersText(header http.Header, found *Found) string {
	var parts []string
	for _, name := range []string{"RateLimit-Policy", "RateLimit", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
		"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
		if value := header.Get(name); value != "" {
			parts = append(parts, name+": "+value)
		}
	}
	if len(parts) == 0 {
		return "nothing before a refusal"
	}
	text := strings.Join(parts, "; ")
	for _, name := range []string{"RateLimit-Limit", "X-RateLimit-Limit"} {
		if told, err := strconv.Atoi(header.Get(name)); err == nil && len(found.Best) > 0 && told != found.Best[0].Limit {
			text += fmt.Sprintf(" (%s is not the %d that was found)", name, found.Best[0].Limit)
		}
	}
	return text
}
