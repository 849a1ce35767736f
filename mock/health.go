package mock

import "net/http"

// health is a placeholder: only name and method of the operation are known (N-01).
func (s *Server) health(*call) answer {
	if refusal, breaks := s.brokenHealth(); breaks {
		return refusal
	}
	switch s.style.Health {
	case "text":
		return answer{status: http.StatusOK, body: []byte("OK"), media: "text/plain; charset=utf-8"}
	case "204-bodiless":
		return answer{status: http.StatusNoContent}
	}
	return answer{status: http.StatusOK, body: []byte(`{"status":"ok"}`)}
}
