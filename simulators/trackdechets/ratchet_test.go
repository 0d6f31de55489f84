package trackdechets

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"sluss/simulators/trackdechets/tree"
)

// The least that must agree of the exchanges recorded in 2026-11. Raise a number when more agree; never lower one. One
// exchange cannot agree: it depends on the national directory.
const (
	leastCodes    = 442 // in HTTP status and error code
	leastMessages = 442 // also in the wording of errors
	leastAnswers  = 442 // also in everything else that was asked for
)

// agreement counts exchanges by how far they agree with their recordings.
type agreement struct{ all, codes, messages, answers int }

// TestRecordedIn2026 is a ratchet: it fails if fewer exchanges agree than did before. With -v it says which do not.
func TestRecordedIn2026(t *testing.T) {
	var sum agreement
	replayProbes(t, &sum)
	eachStep(t, "trackdechets-2026-11", func(t *testing.T, r *replayed, workflow string, number int, e exchange) {
		t.Helper()
		status, own := r.send(e)
		sum.count(t, fmt.Sprintf("%s, step %d", workflow, number), r, e.HTTPStatus, status, e.Response, own)
	})
	told := fmt.Sprintf("recorded in 2026-11: HTTP status and code of %d, also messages of %d, whole answers of %d of %d exchanges agree",
		sum.codes, sum.messages, sum.answers, sum.all)
	t.Log(told)
	if sum.codes < leastCodes || sum.messages < leastMessages || sum.answers < leastAnswers {
		t.Errorf("%s; it was %d, %d, %d before", told, leastCodes, leastMessages, leastAnswers)
	}
}

func replayProbes(t *testing.T, sum *agreement) {
	t.Helper()
	var actors struct {
		Companies []party
		Users     []struct {
			Actor string
			Roles map[string]Role
		}
	}
	read(t, "recordings/trackdechets-2026-11/actors.json", &actors)
	var probes []struct {
		probe
		Kind    string
		Prepare []exchange
		Body    any
	}
	read(t, "recordings/trackdechets-2026-11/probes.json", &probes)
	for _, p := range probes {
		r := newReplayed(t)
		for _, company := range actors.Companies {
			company.register(t, r.Backend, company.TransporterReceipt)
		}
		for _, u := range actors.Users {
			r.addUser(t, u.Actor, u.Roles)
		}
		for _, e := range p.Prepare {
			r.send(e)
		}
		req := httptest.NewRequestWithContext(t.Context(), p.Request.Method, r.renamed(p.Request.Path), strings.NewReader(r.renamed(sent(p.Request.Body))))
		for name, value := range p.Request.Headers {
			req.Header.Set(name, value)
		}
		if p.Request.Auth != "" {
			req.Header.Set("Authorization", p.Request.Auth+" "+p.Actor)
		}
		status, own := r.serve(req)
		sum.count(t, p.Kind+": "+p.Label, r, p.Status, status, p.Body, own)
	}
}

// sent is a body as it was sent: JSON, or a text.
func sent(body json.RawMessage) string {
	var written string
	if json.Unmarshal(body, &written) == nil {
		return written
	}
	return strings.TrimPrefix(string(body), "null")
}

// count compares one answer with its recording; what differs is logged.
func (a *agreement) count(t *testing.T, name string, r *replayed, wantStatus, gotStatus int, want, got any) {
	t.Helper()
	a.all++
	theirCode, theirs := refused(want)
	ourCode, ours := refused(got)
	if wantStatus != gotStatus || theirCode != ourCode {
		t.Logf("%s: HTTP %d %s %q, recorded HTTP %d %s %q", name, gotStatus, ourCode, ours, wantStatus, theirCode, theirs)
		return
	}
	a.codes++
	if theirs, ours = stable(theirs, r), stable(ours, nil); theirs != ours {
		t.Logf("%s: message %s, recorded %s", name, ours, theirs)
		return
	}
	a.messages++
	if theirs, ours = stable(want, r), stable(got, nil); theirs != ours {
		t.Logf("%s: answer\n%s\nrecorded\n%s", name, ours, theirs)
		return
	}
	a.answers++
}

// refused are the code of the first error of an answer and all messages.
func refused(body any) (code, messages string) {
	answer, _ := body.(map[string]any)
	for i, e := range tree.Objects(answer, "errors") {
		if i == 0 {
			code = tree.Text(e, "extensions.code")
		}
		messages += tree.Text(e, "message") + "\n"
	}
	return code, messages
}
