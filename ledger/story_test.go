package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
)

func state(t *testing.T, l *ledger.Ledger) ledger.Filing {
	t.Helper()
	f, known, err := l.Filing(t.Context(), filingID)
	must(t, err)
	if !known {
		t.Fatalf("no %s", filingID)
	}
	return f
}

func TestStoryOfABatch(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	if batch, err := l.Batch(ctx, batchID); err != nil || batch.Declared {
		t.Fatalf("before it was declared: %+v, %v", batch, err)
	}
	must(t, l.RecordEvent(ctx, produced()))
	happened := pickedUp()
	due := time.Now().Add(48 * time.Hour).Truncate(time.Second)
	happened.Obligations[0].Due = due
	must(t, l.RecordEvent(ctx, happened))
	row := onlyBatch(t, l, ledger.BatchFilter{Tenant: "default", Stage: "pickedUp"})
	if row.OpenFilings != 0 || !row.NextDue.Equal(due) || row.Overdue || row.Waste.Code != "130205*" || row.Predecessor != "VO-0" || !row.Since.Equal(noon.Add(time.Hour)) {
		t.Errorf("owed, but not filed: %+v", row)
	}

	open := filing(filingID)
	open.Content.Obligation.Due, open.Content.Obligation.Signer = due, sluss.Transporter
	open.Stage, open.Waiting, open.Hash = sluss.StageSignature, sluss.Transporter, open.Content.Hash()
	must(t, l.OpenFiling(ctx, open))
	row = onlyBatch(t, l, ledger.BatchFilter{Waiting: sluss.Transporter})
	if row.OpenFilings != 1 || len(row.Waiting) != 1 || row.Waiting[0] != sluss.Transporter || row.Blocked {
		t.Errorf("waiting for a signature: %+v", row)
	}
	inbox, err := l.Inbox(ctx, ledger.InboxFilter{Waiting: sluss.Transporter})
	must(t, err)
	if len(inbox) != 1 || inbox[0].ID != filingID || inbox[0].Hash != open.Hash || !inbox[0].Due.Equal(due) ||
		inbox[0].Obligation.Rule.Paragraph != "ch. 6 § 2" || inbox[0].Reference != "VO-1" || inbox[0].Stage != sluss.StageSignature {
		t.Errorf("inbox %+v", inbox)
	}

	signature := sluss.Signature{Role: sluss.Officer, Person: person, At: noon, ContentHash: "outdated"}
	must(t, l.RecordSignature(ctx, sluss.SignatureRecord{Filing: filingID, Signature: signature, Refused: "wrong role"}))
	signature.Role, signature.ContentHash = sluss.Transporter, open.Hash
	must(t, l.RecordSignature(ctx, sluss.SignatureRecord{Filing: filingID, Signature: signature}))

	first := begin(t, l, intent(filingID, 1), sluss.PermitGranted)
	if s := state(t, l); s.Stage != sluss.StageSending || s.Waiting != "" || s.Unanswered != 1 {
		t.Errorf("on its way: %+v", s)
	}
	must(t, l.Finish(ctx, sluss.Answer{Attempt: first.Attempt, Outcome: &sluss.Outcome{
		Kind: sluss.Rejected, Reasons: []sluss.Reason{{Code: "17", Field: "waste.mass", Message: "too heavy"}},
	}}))
	s := state(t, l)
	if s.Stage != sluss.StageRejected || s.Waiting != sluss.Officer || len(s.Reasons) != 1 || s.Attempts != 1 || s.Unanswered != 0 {
		t.Errorf("rejected: %+v", s)
	}
	if row = onlyBatch(t, l, ledger.BatchFilter{}); !row.Blocked {
		t.Errorf("rejected, but not blocked: %+v", row)
	}

	corrected := declaration()
	corrected.Waste.Mass = sluss.Tonne
	must(t, l.RecordCorrection(ctx, sluss.CorrectionRecord{
		Batch: batchID, Number: 1, Declaration: corrected,
		Correction: sluss.Correction{Set: map[string]string{"waste.mass": "1000"}, Reason: "weighed again", By: person, At: noon},
	}))
	open.Content.Declaration, open.Stage, open.Waiting = corrected, sluss.StageSending, ""
	open.Hash = open.Content.Hash()
	must(t, l.OpenFiling(ctx, open))
	if s := state(t, l); s.Stage != sluss.StageSending || s.Waiting != "" || s.Hash != open.Hash {
		t.Errorf("corrected: %+v", s)
	}

	second := begin(t, l, intent(filingID, 2), sluss.PermitGranted)
	must(t, l.Finish(ctx, sluss.Answer{Attempt: second.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Deferred, NotBefore: noon.Add(24 * time.Hour)}}))
	must(t, l.RecordStage(ctx, sluss.StageRecord{Filing: filingID, Number: 1, Stage: sluss.StageDeferred, Until: noon.Add(24 * time.Hour), Detail: "closed at night", At: noon}))
	must(t, l.RecordStage(ctx, sluss.StageRecord{Filing: filingID, Number: 2, Stage: sluss.StageDeferred, Mark: sluss.MarkReminder, At: noon}))
	if s := state(t, l); s.Stage != sluss.StageDeferred || !s.Until.Equal(noon.Add(24*time.Hour)) || s.Detail != "closed at night" || !s.Open {
		t.Errorf("deferred: %+v", s)
	}

	third := begin(t, l, intent(filingID, 2), sluss.PermitGranted)
	must(t, l.Finish(ctx, accepted(third.Attempt)))
	if s := state(t, l); s.Stage != sluss.StageAccepted || s.Open || s.Receipt == nil || s.Receipt.ID != "guid-"+third.Attempt[:4] || s.Attempts != 3 {
		t.Errorf("accepted: %+v", s)
	}
	must(t, l.CloseBatch(ctx, sluss.CloseRecord{Batch: batchID, How: "treated", At: noon.Add(72 * time.Hour)}))
	row = onlyBatch(t, l, ledger.BatchFilter{Stage: "closed"})
	if row.Closed != "treated" || row.OpenFilings != 0 || !row.NextDue.IsZero() || row.Blocked || row.Waste.Mass != sluss.Tonne {
		t.Errorf("closed: %+v", row)
	}
	batch, err := l.Batch(ctx, batchID)
	must(t, err)
	if !batch.Declared || batch.Hash != ledger.Hash(declaration()) || batch.Declaration.Waste.Mass != sluss.Tonne || batch.Corrections != 1 || batch.Closed != "treated" {
		t.Errorf("batch %+v", batch)
	}
	receipts, err := l.Receipts(ctx)
	must(t, err)
	if len(receipts) != 1 || receipts[0].Filing != filingID || receipts[0].Registry != sluss.Avfallsregistret || receipts[0].ID != "guid-"+third.Attempt[:4] {
		t.Errorf("receipts %+v", receipts)
	}
	signatures, err := l.Signatures(ctx, filingID)
	must(t, err)
	if len(signatures) != 2 || signatures[0].Refused == "" || signatures[1].Refused != "" || signatures[1].Signature.Person != person {
		t.Errorf("signatures %+v", signatures)
	}

	timeline, err := l.Timeline(ctx, batchID)
	must(t, err)
	var got strings.Builder
	for _, line := range timeline {
		fmt.Fprintf(&got, "%s | %s\n", line.Kind, line.Text)
	}
	want := `declared | Declared: 130205* Waste oil, 1250.5 kg
event | Produced at 2026-11-23T12:00:00+01:00
event | Picked up (leg 1) at 2026-11-23T13:00:00+01:00
obligation | Owed: tell of the transport (Avfallsförordningen (2020:614), ch. 6 § 2), due ` + due.Format(time.RFC3339) + `
content | Content sha256:######## of se.transport#1 for avfallsregistret: waiting for signature, waits for the transporter
signature | Refused the signature of Anna Ek as officer: wrong role
signature | Signed by Anna Ek as transporter
attempt | Call of avfallsregistret to submit, submission 1
answer | Rejected: too heavy
correction | Corrected by Anna Ek: waste.mass = 1000 (weighed again)
content | Content sha256:######## of se.transport#1 for avfallsregistret: sending
attempt | Call of avfallsregistret to submit, submission 2
answer | Deferred until 2026-11-24T12:00:00+01:00
stage | Stage: deferred, until 2026-11-24T11:00:00Z: closed at night
reminder | Reminder: deferred
attempt | Call of avfallsregistret to submit, submission 2
answer | Accepted: guid-` + third.Attempt[:4] + `
closed | Closed: treated
`
	if text := hashes(got.String()); text != want {
		t.Errorf("timeline:\n%s\nwant:\n%s", text, want)
	}
}

// hashes hides the digits of content hashes.
func hashes(text string) string {
	parts := strings.Split(text, "sha256:")
	for i := range parts[1:] {
		parts[i+1] = "########" + parts[i+1][8:]
	}
	return strings.Join(parts, "sha256:")
}

func onlyBatch(t *testing.T, l *ledger.Ledger, f ledger.BatchFilter) ledger.BatchRow {
	t.Helper()
	list, err := l.Batches(t.Context(), f)
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%+v finds %d batches, want one", f, len(list))
	}
	return list[0]
}

func TestDecisionsSettleFilings(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sluss.DecisionKind]ledger.Filing{
		sluss.DecidedTaken:     {Stage: sluss.StageAccepted, Receipt: &sluss.Receipt{ID: "R-1"}},
		sluss.DecidedNotTaken:  {Stage: sluss.StageSending, Open: true},
		sluss.DecidedOverride:  {Stage: sluss.StageAccepted, Receipt: &sluss.Receipt{}},
		sluss.DecidedWithdrawn: {Stage: sluss.StageWithdrawn},
	} {
		t.Run(string(kind), func(t *testing.T) {
			l, _ := ready(t, filingID)
			attempt := begin(t, l, intent(filingID, 1), sluss.PermitGranted).Attempt
			must(t, l.Finish(t.Context(), sluss.Answer{Attempt: attempt, Outcome: &sluss.Outcome{
				Kind: sluss.Unknown, Clearance: &sluss.Clearance{Verdict: sluss.Stop},
			}}))
			must(t, l.RecordStage(t.Context(), sluss.StageRecord{Filing: filingID, Number: 1, Stage: sluss.StageUnknown, Waiting: sluss.Officer, At: noon}))
			if s := state(t, l); s.Stage != sluss.StageUnknown || s.Waiting != sluss.Officer {
				t.Errorf("unknown: %+v", s)
			}
			decision := sluss.Decision{Kind: kind, Reason: "asked them", By: person, At: noon}
			if kind == sluss.DecidedTaken {
				decision.Receipt = "R-1"
			}
			must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filingID, Number: 1, Decision: decision}))
			s := state(t, l)
			if s.Stage != want.Stage || s.Open != want.Open || s.Waiting != "" || (s.Receipt == nil) != (want.Receipt == nil) {
				t.Errorf("decided: %+v", s)
			}
			if s.Receipt != nil && (s.Receipt.ID != want.Receipt.ID || s.Receipt.Registry != sluss.Avfallsregistret || s.Receipt.Status != string(kind)) {
				t.Errorf("receipt %+v", s.Receipt)
			}
			if s.Clearance == nil || s.Clearance.Verdict != sluss.Stop {
				t.Errorf("clearance %+v", s.Clearance)
			}
			receipts, err := l.Receipts(t.Context())
			must(t, err)
			if n := len(receipts); (n == 1) != (kind == sluss.DecidedTaken) {
				t.Errorf("%d receipts: %+v", n, receipts)
			}
		})
	}
}

func TestAFilingAcceptedTwiceShowsInTheReceipts(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	for number := range 2 {
		permit := begin(t, l, intent(filingID, number+1), sluss.PermitGranted)
		answer := accepted(permit.Attempt)
		answer.Outcome.Receipt.ID = fmt.Sprint("guid-", number)
		must(t, l.Finish(t.Context(), answer))
	}
	if receipts, err := l.Receipts(t.Context()); err != nil || len(receipts) != 2 {
		t.Errorf("%+v, %v; want both", receipts, err)
	}
}

func TestListsFilterAndPage(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	var ids []sluss.BatchID
	for n := range 5 {
		r, reference := produced(), fmt.Sprint("P-", n)
		r.Declaration.Reference, r.Declaration.Tenant = reference, []string{"", "north"}[n%2]
		r.Batch = r.Declaration.ID()
		must(t, l.RecordEvent(t.Context(), r))
		f := filing(sluss.NewBatchID(r.Declaration.Tenant, reference).Filing("se.transport#1"))
		f.Batch, f.Stage, f.Waiting = r.Batch, sluss.StageSignature, []sluss.Role{sluss.Officer, sluss.Producer, sluss.Officer, sluss.Producer, ""}[n]
		f.Content.Obligation.Signer = sluss.Receiver
		f.Content.Obligation.Due = time.Now().Add(time.Duration(5-2*n) * time.Hour) // the last two are overdue
		must(t, l.OpenFiling(t.Context(), f))
		ids = append(ids, r.Batch)
	}
	for name, test := range map[string]struct {
		filter ledger.BatchFilter
		want   []int
	}{
		"all":     {ledger.BatchFilter{}, []int{4, 3, 2, 1, 0}},
		"tenant":  {ledger.BatchFilter{Tenant: "north"}, []int{3, 1}},
		"stage":   {ledger.BatchFilter{Stage: "treated"}, nil},
		"waiting": {ledger.BatchFilter{Waiting: sluss.Officer}, []int{2, 0}},
		"overdue": {ledger.BatchFilter{Overdue: true}, []int{4, 3}},
		"page":    {ledger.BatchFilter{Limit: 2}, []int{4, 3}},
	} {
		list, err := l.Batches(t.Context(), test.filter)
		must(t, err)
		var got, want []sluss.BatchID
		for _, row := range list {
			got = append(got, row.ID)
		}
		for _, n := range test.want {
			want = append(want, ids[n])
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if name == "page" {
			next, err := l.Batches(t.Context(), ledger.BatchFilter{Limit: 2, After: list[1].Line})
			if err != nil || len(next) != 2 || next[0].ID != ids[2] {
				t.Errorf("the next page is %+v, %v", next, err)
			}
		}
	}
	for name, test := range map[string]struct {
		filter ledger.InboxFilter
		want   []int
	}{
		"all, the most urgent first": {ledger.InboxFilter{}, []int{4, 3, 2, 1, 0}},
		"tenant":                     {ledger.InboxFilter{Tenant: "north"}, []int{3, 1}},
		"waiting":                    {ledger.InboxFilter{Waiting: sluss.Receiver}, []int{4}},
		"registry":                   {ledger.InboxFilter{Registry: sluss.Autosys}, nil},
		"overdue":                    {ledger.InboxFilter{Overdue: true, Limit: 5}, []int{4, 3}},
		"page":                       {ledger.InboxFilter{Limit: 2, Skip: 2}, []int{2, 1}},
	} {
		list, err := l.Inbox(t.Context(), test.filter)
		must(t, err)
		var got, want []sluss.BatchID
		for _, f := range list {
			got = append(got, f.Batch)
		}
		for _, n := range test.want {
			want = append(want, ids[n])
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("inbox, %s: %v, want %v", name, got, want)
		}
	}
	filings, err := l.Filings(t.Context(), ids[1])
	if err != nil || len(filings) != 1 || filings[0].Tenant != "north" || filings[0].Obligation.Rule.Statute == "" {
		t.Errorf("filings %+v, %v", filings, err)
	}
}
