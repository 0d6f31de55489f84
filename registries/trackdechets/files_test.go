package trackdechets

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

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
	var later *NotNowError
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
