package api

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"time"

	"sluss/service"
)

// mostNotices is as much as one delivery may send.
const mostNotices = 1 << 20

// hookPatience is how long a delivery is kept waiting: Trackdéchets gives it up
// after five seconds.
const hookPatience = 3 * time.Second

// hooks adds the routes for the deliveries of Trackdéchets' webhooks, which have a
// token of their own. A delivery only starts a sync of the company: deliveries come
// in any order and repeatedly, but one sync reads all changes.
func (s *server) hooks(mux ServeMux) {
	mux.HandleFunc("POST /hooks/trackdechets", s.delivered)
	mux.HandleFunc("POST /hooks/trackdechets/{company}", s.delivered)
}

func (s *server) delivered(w http.ResponseWriter, r *http.Request) {
	given := []byte(r.Header.Get("Authorization"))
	// Trackdéchets sends a colon after Bearer, and may stop doing so.
	odd := subtle.ConstantTimeCompare(given, []byte("Bearer: "+s.HookToken))
	if odd|subtle.ConstantTimeCompare(given, []byte("Bearer "+s.HookToken)) != 1 {
		answer(w, http.StatusUnauthorized, Problem{Error: "this is not the token of our webhook: see registries.trackdechets.webhook"})
		return
	}
	var notices []service.Notice
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostNotices)).Decode(&notices); err != nil {
		answer(w, http.StatusBadRequest, Problem{Error: `want a list such as [{"action":"UPDATED","id":"BSD-…"}]`})
		return
	}
	if len(notices) > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), hookPatience)
		defer cancel()
		if err := s.sv.Noticed(ctx, r.PathValue("company"), notices); err != nil {
			problem(w, err)
			return
		}
	}
	answer(w, http.StatusOK, map[string]int{"notices": len(notices)})
}
