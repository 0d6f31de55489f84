package trackdechets

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/sim"
)

type told = func() (sluss.Outcome, sluss.Exchange, error)

// takes wants a call to be accepted, in a status where one is named.
func (r *register) takes(status string, o sluss.Outcome, e sluss.Exchange, err error) sluss.Receipt {
	r.t.Helper()
	must(r.t, err)
	if o.Kind != sluss.Accepted || status != "" && o.Receipt.Status != status {
		r.t.Fatalf("%s: %+v, want %s\n%s\n%s", e.Operation, o, status, e.Request, e.Response)
	}
	return *o.Receipt
}

func party(siret string) sluss.Party {
	return sluss.Party{
		ID: siret, Country: "FR", Name: "Company " + siret, Address: "1 rue de Paris",
		Contact: sluss.Contact{Name: "Anna", Phone: "0102030405", Email: "anna@companies.example"},
	}
}

func draft(t *testing.T, reference string) Draft {
	t.Helper()
	d := example(t, "fr-solvents.json")
	d.Reference = reference
	return Draft{Declaration: d}
}

var (
	signedAt = at("2026-11-23T09:00:00+01:00")
	emitted  = Emission{Packagings: []sluss.Packaging{{Kind: sluss.Drum, Count: 2}}, Mass: 3 * sluss.Tonne, UN: "UN 1993", By: "Emil", At: signedAt}
	carried  = TakeOver{Mode: sluss.Road, Plates: []string{"AB-123-CD"}, By: "Carl", At: signedAt}
	judged   = Verdict{Received: 3 * sluss.Tonne, By: "Rita", At: signedAt}
	burnt    = Processing{Operation: "R1", Mode: "energy-recovery", By: "Tom", At: signedAt}
)

// sent makes a BSDD and brings it on its way.
func (r *register) sent(d Draft) string {
	r.t.Helper()
	ctx := r.t.Context()
	o, e, err := r.client.CreateBSDD(ctx, producerID, d)
	id := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.SealBSDD(ctx, producerID, id)
	r.takes("SEALED", o, e, err)
	o, e, err = r.client.SignEmission(ctx, producerID, id, emitted)
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	o, e, err = r.client.SignTransport(ctx, transporterID, id, carried)
	r.takes("SENT", o, e, err)
	return id
}

func TestTemporaryStorage(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	d := draft(t, "STORED")
	d.Declaration.Receiver = party(platformID)
	final := Destination{Company: party(receiverID), Acceptance: "CAP-2", Operation: "R1"}
	d.Final = &final
	id := r.sent(d)
	o, e, err := r.client.Store(ctx, platformID, id, Arrival{Mass: 2_900 * sluss.Kilogram, Estimated: true, By: "Stig", At: signedAt})
	r.takes("TEMP_STORED", o, e, err)
	o, e, err = r.client.JudgeStored(ctx, platformID, id, Verdict{Received: 2_900 * sluss.Kilogram, By: "Stig", At: signedAt})
	r.takes("TEMP_STORER_ACCEPTED", o, e, err)
	reseal := Resealing{
		Destination: &final, Transporter: &Transporter{Company: party(transporterID), Mode: sluss.Road, Plates: []string{"EF-456-GH"}},
		Repackaged: &Repackaged{Packagings: []sluss.Packaging{{Kind: sluss.IBC, Count: 3}}, Mass: 2_800 * sluss.Kilogram, UN: "UN 1993"},
	}
	o, e, err = r.client.Reseal(ctx, platformID, id, reseal)
	r.takes("RESEALED", o, e, err)
	o, e, err = r.client.Reseal(ctx, platformID, id, Resealing{}) // again
	r.takes("RESEALED", o, e, err)
	o, e, err = r.client.SignEmission(ctx, platformID, id, emitted)
	r.takes("SIGNED_BY_TEMP_STORER", o, e, err)
	o, e, err = r.client.SignTransport(ctx, transporterID, id, carried)
	r.takes("RESENT", o, e, err)
	o, e, err = r.client.Receive(ctx, receiverID, id, Arrival{By: "Rita", At: signedAt})
	r.takes("RECEIVED", o, e, err)
	o, e, err = r.client.Judge(ctx, receiverID, id, judged)
	r.takes("ACCEPTED", o, e, err)
	o, e, err = r.client.Process(ctx, receiverID, id, burnt)
	r.takes("PROCESSED", o, e, err)
	suite := r.only().Data["temporaryStorageDetail"]
	if got := dig(suite, "temporaryStorer", "quantityReceived"); got != 2.9 {
		t.Errorf("stored %v", got)
	}
	if got := dig(suite, "destination", "company", "siret"); got != receiverID {
		t.Errorf("went on to %v", got)
	}
}

func TestStorageIsRefusedInPart(t *testing.T) {
	for want, refused := range map[string]sluss.Mass{"REFUSED": sluss.Tonne, "TEMP_STORER_ACCEPTED": sluss.Kilogram} {
		r := newRegister(t, sim.Options{})
		d := draft(t, "STORED")
		d.Final = &Destination{Company: party(platformID), Acceptance: "CAP-2", Operation: "R13"}
		id := r.sent(d)
		o, e, err := r.client.Store(t.Context(), receiverID, id, Arrival{Mass: sluss.Tonne, By: "Rita", At: signedAt})
		r.takes("TEMP_STORED", o, e, err)
		o, e, err = r.client.JudgeStored(t.Context(), receiverID, id, Verdict{Received: sluss.Tonne, Refused: refused, Reason: "wet", By: "Rita", At: signedAt})
		r.takes(want, o, e, err)
	}
}

func TestUpToFiveTransporters(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	d := draft(t, "FIVE")
	for range mostTransporters {
		o, e, err := r.client.AddTransporter(ctx, producerID, Transporter{Company: party(transporterID), Mode: sluss.Rail})
		d.Transporters = append(d.Transporters, r.takes("", o, e, err).ID)
	}
	o, e, err := r.client.ChangeTransporter(ctx, producerID, d.Transporters[4], Transporter{Company: party(transporterID), Mode: sluss.Sea})
	r.takes("", o, e, err)
	o, e, err = r.client.CreateBSDD(ctx, producerID, d)
	id := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.RemoveTransporter(ctx, producerID, d.Transporters[3])
	r.takes("", o, e, err)
	d.Transporters = slices.Delete(d.Transporters, 3, 4)
	o, e, err = r.client.UpdateBSDD(ctx, producerID, id, d)
	r.takes("DRAFT", o, e, err)
	o, e, err = r.client.SealBSDD(ctx, producerID, id)
	r.takes("SEALED", o, e, err)
	o, e, err = r.client.SignEmission(ctx, producerID, id, emitted)
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	for range d.Transporters {
		o, e, err = r.client.SignTransport(ctx, transporterID, id, TakeOver{By: "Carl", At: signedAt})
		r.takes("SENT", o, e, err)
	}
	o, _, err = r.client.SignTransport(ctx, transporterID, id, TakeOver{By: "Carl", At: signedAt})
	if err != nil || o.Kind != sluss.Unknown {
		t.Errorf("one more: %+v, %v", o, err)
	}
	if got := dig(r.only().Data, "transporters", 3, "mode"); got != "SEA" {
		t.Errorf("the last goes by %v", got)
	}
	d.Transporters = make([]string, 6)
	if _, _, err := r.client.CreateBSDD(ctx, producerID, d); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("six: %v", err)
	}
}

func TestGroupingOfAnnex2(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{GroupingDelay: -1}), t.Context()
	var parts []string
	for n := range 2 {
		d := draft(t, fmt.Sprintf("PART-%d", n))
		d.Declaration.Receiver, d.Declaration.Treatment.Operation, d.Declaration.Treatment.Mode = party(platformID), "R13", ""
		id := r.sent(d)
		o, e, err := r.client.Receive(ctx, platformID, id, Arrival{By: "Stig", At: signedAt})
		r.takes("RECEIVED", o, e, err)
		o, e, err = r.client.Judge(ctx, platformID, id, judged)
		r.takes("ACCEPTED", o, e, err)
		o, e, err = r.client.Process(ctx, platformID, id, Processing{
			Operation: "R13", By: "Stig", At: signedAt, Next: &NextDestination{Company: party(receiverID), Operation: "R1"},
		})
		r.takes("AWAITING_GROUP", o, e, err)
		parts = append(parts, id)
	}
	whole := draft(t, "WHOLE")
	whole.Declaration.Producer = party(platformID)
	whole.Declaration.Legs[0].Consignor = nil
	whole.Grouping = []Portion{{BSDD: parts[0]}, {BSDD: parts[1], Mass: sluss.Tonne}}
	o, e, err := r.client.CreateBSDD(ctx, platformID, whole)
	id := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.SealBSDD(ctx, platformID, id)
	r.takes("SEALED", o, e, err)
	for _, f := range r.booked() {
		switch f.ID {
		case id:
			if f.Data["emitter"].(map[string]any)["type"] != "APPENDIX2" {
				t.Errorf("%v", f.Data["emitter"])
			}
		case parts[0]:
			if b, _, err := r.client.BSDD(ctx, platformID, f.ReadableID); err != nil || b.Status != "GROUPED" {
				t.Errorf("whole part: %+v, %v", b, err)
			}
		}
	}
}

func TestRevisions(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	id := r.sent(draft(t, "REVISED"))
	acceptance := Revision{Acceptance: "CAP-9", Mass: new(2 * sluss.Tonne), POP: new(true), Comment: "typing error"}
	for _, step := range []struct {
		revision Revision
		answer   func(string) (sluss.Outcome, sluss.Exchange, error)
		want     string
	}{
		{acceptance, func(id string) (sluss.Outcome, sluss.Exchange, error) {
			return r.client.WithdrawRevision(ctx, producerID, id)
		}, ""},
		{acceptance, func(id string) (sluss.Outcome, sluss.Exchange, error) {
			return r.client.AnswerRevision(ctx, receiverID, id, false, "no")
		}, "REFUSED"},
		{acceptance, func(id string) (sluss.Outcome, sluss.Exchange, error) {
			return r.client.AnswerRevision(ctx, receiverID, id, true, "")
		}, "ACCEPTED"},
	} {
		o, e, err := r.client.AskRevision(ctx, producerID, id, step.revision)
		asked := r.takes("PENDING", o, e, err)
		if o, _, err := r.client.AskRevision(ctx, producerID, id, step.revision); err != nil || o.Kind != sluss.Rejected {
			t.Errorf("a second at a time: %+v, %v", o, err)
		}
		o, e, err = step.answer(asked.ID)
		r.takes(step.want, o, e, err)
	}
	page, next, _, err := r.client.Revisions(ctx, receiverID, "")
	if err != nil || next != "" || len(page) != 2 || page[0].Status != "ACCEPTED" || page[0].BSDD.ID != id || page[0].Created.IsZero() {
		t.Errorf("%+v, %q, %v", page, next, err)
	}
	f := r.only()
	if dig(f.Data, "recipient", "cap") != "CAP-9" || dig(f.Data, "wasteDetails", "quantity") != 2.0 || dig(f.Data, "wasteDetails", "pop") != true {
		t.Errorf("%v", f.Data)
	}
	o, e, err := r.client.AskRevision(ctx, producerID, id, Revision{Cancel: true, Comment: "wrong load"})
	asked := r.takes("PENDING", o, e, err)
	for _, company := range []string{receiverID, transporterID} { // whoever must
		if o, e, err = r.client.AnswerRevision(ctx, company, asked.ID, true, ""); o.Kind == sluss.Accepted && o.Receipt.Status == "ACCEPTED" {
			break
		}
	}
	r.takes("ACCEPTED", o, e, err)
	if b, _, err := r.client.BSDD(ctx, producerID, id); err != nil || b.Status != canceled {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestPaper(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	o, e, err := r.client.CreateBSDD(ctx, producerID, draft(t, "PAPER"))
	sealed := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.SealBSDD(ctx, producerID, sealed)
	r.takes("SEALED", o, e, err)
	paper := Paper{BSDD: sealed, SentBy: "Carl", SentAt: signedAt, Arrival: Arrival{By: "Rita", At: signedAt}, Verdict: judged, Processed: burnt}
	if o, _, err := r.client.ImportPaper(ctx, producerID, paper); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("by the producer: %+v, %v", o, err)
	}
	o, e, err = r.client.ImportPaper(ctx, receiverID, paper)
	r.takes("PROCESSED", o, e, err)
	anew := draft(t, "PAPER-2")
	paper.BSDD, paper.Draft = "", &anew
	o, e, err = r.client.ImportPaper(ctx, receiverID, paper)
	r.takes("PROCESSED", o, e, err)
	found, _, err := r.client.FindBSDDs(ctx, receiverID, anew.Declaration.ID())
	if err != nil || len(found) != 1 || found[0].Verdict != "ACCEPTED" || found[0].Created.IsZero() {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestDuplicateAndDelete(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	id := r.sent(draft(t, "TWICE"))
	o, e, err := r.client.DuplicateBSDD(ctx, producerID, id)
	double := r.takes("DRAFT", o, e, err)
	if double.ID == id || double.Number == "" {
		t.Errorf("%+v", double)
	}
	o, e, err = r.client.DeleteBSDD(ctx, producerID, double.ID)
	r.takes("", o, e, err)
	if _, _, err := r.client.BSDD(ctx, producerID, double.ID); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("deleted: %v", err)
	}
	if o, _, err := r.client.DeleteBSDD(ctx, producerID, id); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("signed: %+v, %v", o, err)
	}
}

func TestFiles(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{ExportTime: 50 * time.Millisecond}), t.Context()
	id := r.sent(draft(t, "FILES"))
	file, e, err := r.client.PDF(ctx, producerID, id)
	if err != nil || !bytes.HasPrefix(file, []byte("%PDF")) || strings.Contains(e.Response, "token=") {
		t.Errorf("%q, %v, %s", file, err, e.Response)
	}
	order := ExportOrder{Kind: Outgoing, Format: CSV, From: at("2026-01-01T00:00:00Z"), Until: at("2126-01-01T00:00:00Z")}
	o, e, err := r.client.OrderExport(ctx, producerID, order)
	export := r.takes("PENDING", o, e, err).ID
	var later *NotNow
	if _, _, err := r.client.Export(ctx, producerID, export); !errors.As(err, &later) || later.Throttled {
		t.Errorf("too early: %v", err)
	}
	if o, _, err := r.client.OrderExport(ctx, producerID, order); err != nil || o.Kind != sluss.Rejected || !contains(o.Reasons[0].Message, "export") {
		t.Errorf("the same again: %+v, %v", o, err)
	}
	status := ""
	for until := time.Now().Add(10 * time.Second); status != "SUCCESSFUL" && time.Now().Before(until); {
		status, _, err = r.client.ExportStatus(ctx, producerID, export)
		must(t, err)
	}
	file, e, err = r.client.Export(ctx, producerID, export)
	if err != nil || !strings.Contains(string(file), id) || strings.Contains(e.Response, "token=") {
		t.Errorf("%q, %v, %s", file, err, e.Response)
	}
	for fault, throttled := range map[sim.FaultKind]bool{sim.FaultQuota: true, sim.FaultHTML: false, sim.FaultInternal: false, sim.FaultClosed: false, sim.FaultStatus: false} {
		must(t, r.Fault(sim.Fault{Kind: fault, Operation: "formPdf"}))
		if _, _, err := r.client.PDF(ctx, producerID, id); !errors.As(err, &later) || later.Throttled != throttled {
			t.Errorf("%s: %v", fault, err)
		}
	}
	for _, link := range []string{"/download?token=x", "/download", "ftp://a/b", ":"} {
		if _, err := r.client.download(ctx, link); !errors.Is(err, sluss.ErrUnavailable) && !errors.Is(err, sluss.ErrOperator) || strings.Contains(err.Error(), "token=x") {
			t.Errorf("%s: %v", link, err)
		}
	}
}

func TestWebhooks(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	must(t, r.AddUser(sim.User{Token: "token-of-" + producerID, Name: "Admin", Email: "admin@companies.example", Roles: map[string]sim.Role{producerID: sim.Admin}}))
	own, next, _, err := r.client.OwnCompanies(ctx, producerID, "")
	if err != nil || next != "" || len(own) != 1 || own[0].Number != producerID || own[0].ID == "" {
		t.Fatalf("%+v, %v", own, err)
	}
	secret := strings.Repeat("s", 20)
	o, e, err := r.client.CreateWebhook(ctx, producerID, own[0].ID, "https://hooks.companies.example/td", secret)
	id := r.takes("ACTIVATED", o, e, err).ID
	if strings.Contains(e.Request, secret) {
		t.Errorf("the secret is kept: %s", e.Request)
	}
	if o, _, err := r.client.CreateWebhook(ctx, producerID, own[0].ID, "https://hooks.companies.example/td", secret); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("a second: %+v, %v", o, err)
	}
	o, e, err = r.client.ReactivateWebhook(ctx, producerID, id)
	r.takes("ACTIVATED", o, e, err)
	page, next, _, err := r.client.Webhooks(ctx, producerID, "")
	if err != nil || next != "" || len(page) != 1 || !page[0].Activated || page[0].ID != id || page[0].Company != producerID {
		t.Errorf("%+v, %v", page, err)
	}
	o, e, err = r.client.DeleteWebhook(ctx, producerID, id)
	r.takes("", o, e, err)
	if o, _, err := r.client.ReactivateWebhook(ctx, transporterID, id); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("by another: %+v, %v", o, err)
	}
}

// A code signs for another company. It is in nothing that is kept, and however
// its call ends, it goes out once.
func TestSigningByCode(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	o, e, err := r.client.CreateBSDD(ctx, producerID, draft(t, "CODE"))
	id := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.SealBSDD(ctx, producerID, id)
	r.takes("SEALED", o, e, err)
	byCode := emitted
	byCode.Code = 9876
	for try := range 3 {
		o, e, err := r.client.SignEmission(ctx, transporterID, id, byCode)
		if err != nil || o.Kind != sluss.Rejected || o.Reasons[0].Remedy == "" || !contains(o.Reasons[0].Message, []string{"code", "code", "locked"}[try]) {
			t.Errorf("try %d: %+v, %v", try, o, err)
		}
		if strings.Contains(e.Request+e.Response, "9876") || !strings.Contains(e.Request, `"securityCode":"***"`) {
			t.Errorf("the code is kept: %s %s", e.Request, e.Response)
		}
	}
	if n := r.Counters().Operations["signEmissionForm"]; n != 3 {
		t.Errorf("%d calls", n)
	}
	byCode.Code = 1234
	must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "signEmissionForm", AfterEffect: true}))
	o, _, err = r.client.SignEmission(ctx, receiverID, id, byCode) // another user: the lock is the transporter's
	if err != nil || o.Kind != sluss.Unknown {
		t.Errorf("%+v, %v", o, err)
	}
	if b, _, err := r.client.BSDD(ctx, producerID, id); err != nil || b.Status != "SIGNED_BY_PRODUCER" {
		t.Errorf("%+v, %v", b, err)
	}
	taken := carried
	taken.Code = 1234
	o, e, err = r.client.SignTransport(ctx, producerID, id, taken)
	r.takes("SENT", o, e, err)
	if n := r.Counters().Operations["signEmissionForm"]; n != 4 {
		t.Errorf("%d calls", n)
	}
}

// Of several who sign at once, one wins; the others cannot tell, read, and find
// it signed.
func TestSignaturesAtOnce(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	b := newBatch(t, "fr-solvents.json")
	for _, note := range []sluss.Note{sluss.NoteCreation, sluss.NoteSealing, sluss.NoteEmission} {
		r.file(b, note)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultSlow, Operation: "signTransportForm", Delay: sim.Duration(300 * time.Millisecond)}))
	var wait sync.WaitGroup
	outcomes := make([]sluss.Outcome, 4)
	for n := range outcomes {
		wait.Go(func() {
			var err error
			if outcomes[n], _, err = r.client.Submit(ctx, b.submission(sluss.NoteTakeOver)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	kinds := map[sluss.OutcomeKind]int{}
	for _, o := range outcomes {
		kinds[o.Kind]++
		if o.Kind == sluss.Unknown {
			if found, _, err := r.client.Find(ctx, b.submission(sluss.NoteTakeOver)); err != nil || found.Kind != sluss.Accepted {
				t.Errorf("read again: %+v, %v", found, err)
			}
		}
	}
	if kinds[sluss.Accepted] != 1 || kinds[sluss.Unknown] != 3 || r.Counters().Effects["signTransportForm"] != 1 {
		t.Errorf("%v, %d effects", kinds, r.Counters().Effects["signTransportForm"])
	}
}

// However a call ends, it was made once, and what is kept says how it ended.
func TestCallsUnderFaults(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	id := r.sent(draft(t, "FAULTS"))
	for name, call := range map[string]told{
		"duplicateForm": func() (sluss.Outcome, sluss.Exchange, error) { return r.client.DuplicateBSDD(ctx, producerID, id) },
		"createFormTransporter": func() (sluss.Outcome, sluss.Exchange, error) {
			return r.client.AddTransporter(ctx, producerID, Transporter{Company: party(transporterID)})
		},
		"createFormRevisionRequest": func() (sluss.Outcome, sluss.Exchange, error) {
			return r.client.AskRevision(ctx, producerID, id, Revision{Acceptance: "C", Comment: "c"})
		},
	} {
		for fault, want := range map[sim.FaultKind]sluss.OutcomeKind{
			sim.FaultQuota: sluss.Deferred, sim.FaultStatus: sluss.Unknown, sim.FaultHTML: sluss.Unknown, sim.FaultInternal: sluss.Unknown, sim.FaultClosed: sluss.Unknown,
		} {
			must(t, r.Fault(sim.Fault{Kind: fault, Operation: name}))
			before := r.Counters()
			o, e, err := call()
			after := r.Counters()
			if err != nil || o.Kind != want || o.Throttled != (fault == sim.FaultQuota) || e.Operation != name || e.Request == "" || after.Requests != before.Requests+1 {
				t.Errorf("%s, %s: %+v, %v; %d calls", name, fault, o, err, after.Requests-before.Requests)
			}
			if after.Effects[name] != before.Effects[name] {
				t.Errorf("%s, %s: it took effect", name, fault)
			}
		}
	}
	if _, e, err := r.client.DuplicateBSDD(ctx, "1", id); !errors.Is(err, sluss.ErrOperator) || e.Operation != "duplicateForm" {
		t.Errorf("no token: %+v, %v", e, err)
	}
	if _, e, err := r.client.BSDD(ctx, "1", id); !errors.Is(err, sluss.ErrOperator) || e.Operation != "form" || e.Started.IsZero() {
		t.Errorf("no token: %+v, %v", e, err)
	}
	nobody := New(Options{URL: "http://127.0.0.1:1", Tokens: r.client.tokens})
	if _, _, err := nobody.DuplicateBSDD(ctx, producerID, id); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("nobody there: %v", err)
	}
	if _, _, err := nobody.BSDD(ctx, producerID, id); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("nobody there: %v", err)
	}
}
