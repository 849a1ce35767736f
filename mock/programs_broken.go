package mock

import (
	"bytes"
	"encoding/json"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// brokenProgram is the metadata of a program as answers show it.
func (s *Server) brokenProgram(metadata json.RawMessage) json.RawMessage {
	if s.faults.On("program.metadata-changed") {
		return setMember(metadata, "product_id", quote("changed"))
	}
	return metadata
}

// takesUnfit reports whether metadata is taken that does not fit the product.
func (s *Server) takesUnfit(metadata json.RawMessage) bool {
	return s.faults.On("program.metadata-not-checked") || s.faults.On("metadata.unfit-issues-cards") || s.takesAsText(metadata)
}

// takenAsText are the faults by which a value that is no text passes for one in the metadata of a program, by its first
// letter.
var takenAsText = map[byte]fault.ID{'t': "metadata.truth-value-as-text", 'f': "metadata.truth-value-as-text", '[': "metadata.list-as-text",
	'{': "metadata.object-as-text", 'n': "metadata.null-as-text"}

// takesAsText reports whether a member of the metadata that has to be a text is none, and a fault takes it for one.
func (s *Server) takesAsText(metadata json.RawMessage) bool {
	var members map[string]json.RawMessage
	if !s.faults.Any() || json.Unmarshal(metadata, &members) != nil {
		return false
	}
	for _, name := range []string{"parent_account_id", "product_id"} {
		if raw := members[name]; len(raw) > 0 && takenAsText[raw[0]] != "" && s.faults.On(takenAsText[raw[0]]) {
			return true
		}
	}
	return false
}

// brokenMetadataCheck refuses metadata that fits.
func (s *Server) brokenMetadataCheck(metadata json.RawMessage) string {
	if bytes.Contains(metadata, []byte("group_id")) && s.faults.On("metadata.groups-refused") {
		return "metadata must not have group_id"
	}
	return ""
}
