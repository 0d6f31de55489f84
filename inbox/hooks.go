package inbox

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"sluss"
	"sluss/workflows"
)

// mostNotices is as much as one delivery may send.
const mostNotices = 1 << 20

// hookPatience is how long a delivery is kept waiting: Trackdéchets gives it up
// after five seconds.
const hookPatience = 3 * time.Second

// notice is one event at Trackdéchets. It says no more than that, comes in any
// order, and more than once.
type notice struct {
	Action string `json:"action"` // CREATED, UPDATED, DELETED
	ID     string `json:"id"`
}

// hooked takes the deliveries of Trackdéchets' webhooks, which bring a token of
// their own, before the API's is asked for. A delivery only has the company's
// changes looked at now: what is told in any order and twice is asked for once.
func (d *Desk) hooked(next http.Handler) http.Handler {
	if d.HookToken == "" {
		return next
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/trackdechets", d.delivered)
	mux.HandleFunc("POST /hooks/trackdechets/{company}", d.delivered)
	mux.Handle("/", next)
	return mux
}

func (d *Desk) delivered(w http.ResponseWriter, r *http.Request) {
	given := []byte(r.Header.Get("Authorization"))
	// The colon is Trackdéchets' own, and may go one day.
	odd := subtle.ConstantTimeCompare(given, []byte("Bearer: "+d.HookToken))
	if odd|subtle.ConstantTimeCompare(given, []byte("Bearer "+d.HookToken)) != 1 {
		answer(w, http.StatusUnauthorized, Problem{Error: "this is not the token of our webhook: see registries.trackdechets.webhook"})
		return
	}
	var notices []notice
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostNotices)).Decode(&notices); err != nil {
		answer(w, http.StatusBadRequest, Problem{Error: `want a list such as [{"action":"UPDATED","id":"BSD-…"}]`})
		return
	}
	if len(notices) > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), hookPatience)
		defer cancel()
		if err := d.noticed(ctx, r.PathValue("company"), notices); err != nil {
			problem(w, err)
			return
		}
	}
	answer(w, http.StatusOK, map[string]int{"notices": len(notices)})
}

// noticed has a company's changes looked at; without one, those of all.
func (d *Desk) noticed(ctx context.Context, company string, notices []notice) error {
	companies := []string{company}
	if company == "" {
		followings, err := d.Ledger.Followings(ctx, sluss.Trackdechets, "")
		if err != nil {
			return err
		}
		companies = nil
		for _, f := range followings {
			companies = append(companies, f.Company)
		}
	}
	why := fmt.Sprintf("a webhook: %.10q %.40q", notices[0].Action, notices[0].ID)
	if more := len(notices) - 1; more > 0 {
		why += fmt.Sprintf(" and %d more", more)
	}
	var wrong []error
	for _, c := range companies {
		wrong = append(wrong, d.look(ctx, sluss.Trackdechets, c, why))
		for _, n := range notices {
			if n.Action == "DELETED" && documentID.MatchString(n.ID) { // what is deleted comes in no sweep
				id := workflows.FollowingID(sluss.Trackdechets, c)
				wrong = append(wrong, explained(d.Temporal.SignalWorkflow(ctx, id, "", workflows.DeletedSignal.Name, n.ID), id))
			}
		}
	}
	return errors.Join(wrong...)
}

var documentID = regexp.MustCompile(`^[A-Za-z0-9-]{1,60}$`)

// look has the changes of a company looked at now.
func (d *Desk) look(ctx context.Context, registry, company, why string) error {
	id := workflows.FollowingID(registry, company)
	return explained(d.Temporal.SignalWorkflow(ctx, id, "", workflows.LookSignal.Name, why), id)
}
