package mock

import (
	"bytes"
	"encoding/json"
)

// brokenProgram is the metadata of a program as answers show it.
func (s *Server) brokenProgram(metadata json.RawMessage) json.RawMessage {
	if s.faults.On("program.metadata-changed") {
		return setMember(metadata, "product_id", quote("changed"))
	}
	return metadata
}

// takesUnfit reports whether metadata is taken that does not fit the product.
func (s *Server) takesUnfit() bool {
	return s.faults.On("program.metadata-not-checked") || s.faults.On("metadata.unfit-issues-cards")
}

// brokenMetadataCheck refuses metadata that fits.
func (s *Server) brokenMetadataCheck(metadata json.RawMessage) string {
	if bytes.Contains(metadata, []byte("group_id")) && s.faults.On("metadata.groups-refused") {
		return "metadata must not have group_id"
	}
	return ""
}
