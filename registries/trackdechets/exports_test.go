package trackdechets

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/wire"
	sim "sluss/simulators/trackdechets"
)

func TestRegistersOfWaste(t *testing.T) {
	r, ctx := newRegistry(t, sim.Options{ExportTime: 50 * time.Millisecond}), t.Context()
	id := r.sent("FILES")
	order := sluss.RegisterOrder{Company: producerID, Kind: sluss.OutgoingWaste, Format: "csv", From: at("2026-01-01T00:00:00Z"), Until: at("2126-01-01T00:00:00Z")}
	o, e, err := r.client.OrderRegister(ctx, order)
	export := r.takes("PENDING", o, e, err).ID
	var later *calls.NotNowError
	if _, _, err := r.client.Export(ctx, producerID, export); !errors.As(err, &later) || later.Throttled {
		t.Errorf("too early: %v", err)
	}
	if o, _, err := r.client.OrderRegister(ctx, order); err != nil || o.Kind != sluss.Rejected || !contains(o.Reasons[0].Message, "export") {
		t.Errorf("the same again: %+v, %v", o, err)
	}
	status := ""
	for until := time.Now().Add(10 * time.Second); status != "SUCCESSFUL" && time.Now().Before(until); {
		status, _, err = r.client.ExportStatus(ctx, producerID, export)
		must(t, err)
	}
	file, e, err := r.client.Export(ctx, producerID, export)
	if err != nil || !strings.Contains(string(file), id) || strings.Contains(e.Response, "token=") {
		t.Errorf("%q, %v, %s", file, err, e.Response)
	}
	order.Kind = "lost"
	if _, _, err := r.client.OrderRegister(ctx, order); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("no such registry: %v", err)
	}
}

func TestLinksAreFollowedWithCare(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	for _, link := range []string{"/download?token=x", "/download", "ftp://a/b", ":"} {
		s := r.client.calls.Session(producerID, "ecoOrganismes")
		unread := s.Ask(t.Context(), nil, &[]wire.EcoOrganismeInfo{})
		if _, err := s.File(t.Context(), link, unread); unread != nil || !errors.Is(err, sluss.ErrUnavailable) && !errors.Is(err, sluss.ErrOperator) || strings.Contains(err.Error(), "token=x") {
			t.Errorf("%s: %v, %v", link, err, unread)
		}
	}
}

func TestPrint(t *testing.T) {
	r, ctx := newRegistry(t, sim.Options{}), t.Context()
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportArrival)
	id := b.receipts["fr.creation"].ID
	p, o, e, err := r.client.Print(ctx, producerID, id)
	if err != nil || o.Kind != sluss.Accepted || p.Document != id || p.Status != "RECEIVED" || p.Final || p.UpdatedAt.IsZero() || !strings.HasPrefix(string(p.Content), "%PDF") || strings.Contains(e.Response, "token=") {
		t.Errorf("%+v, %+v, %v", p, o, err)
	}
	if again, _, _, err := r.client.Print(ctx, producerID, p.Number); err != nil || again.Document != id {
		t.Errorf("by its number: %+v, %v", again, err)
	}
	b.happens(sluss.Event{Kind: sluss.WasteRefused, At: at("2026-11-23T16:00:00+01:00"), Reason: "wet"})
	r.file(b, sluss.ReportAcceptance)
	if p, _, _, err = r.client.Print(ctx, receiverID, id); err != nil || !p.Final || p.Status != "REFUSED" {
		t.Errorf("%+v, %v", p, err)
	}
	for fault, operation := range map[sim.FaultKind]string{sim.FaultQuota: "formPdf", sim.FaultHTML: "formPdf", sim.FaultClosed: "formPdf", sim.FaultInternal: "form"} {
		must(t, r.Fault(sim.Fault{Kind: fault, Operation: operation}))
		if p, o, _, err := r.client.Print(ctx, producerID, id); err != nil || o.Kind != sluss.Deferred || o.Throttled != (fault == sim.FaultQuota) || p.Content != nil {
			t.Errorf("%s: %+v, %v", fault, o, err)
		}
	}
	if _, _, _, err := r.client.Print(ctx, producerID, "nothing"); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("no such document: %v", err)
	}
	if company, found := r.client.Reader([]string{"1", receiverID, producerID}); !found || company != receiverID {
		t.Errorf("%s", company)
	}
	if _, found := r.client.Reader([]string{"1"}); found {
		t.Error("a token of nobody")
	}
}
