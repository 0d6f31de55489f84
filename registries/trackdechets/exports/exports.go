// Package exports fetches files from Trackdéchets: BSDDs as it prints them, and the
// registers of waste that companies keep.
package exports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// Exporter fetches them.
type Exporter struct{ Calls *calls.Client }

// FinalStatuses are those after which nothing more is to come of a BSDD that is ours to
// tell.
func (e Exporter) FinalStatuses() []string {
	return []string{"PROCESSED", "NO_TRACEABILITY", "FOLLOWED_WITH_PNTTD", "AWAITING_GROUP", "REFUSED", reasons.StatusCanceled}
}

// PrintCalls is how many calls of the rate limit Print takes.
func (e Exporter) PrintCalls() int { return 3 }

// Print fetches a BSDD as the registry prints it, by either of its ids, with the status
// that it then has. Its link works for ten seconds, so the calls follow each other. The
// outcome is Accepted or Deferred; the errors are sluss.ErrAbsent, ErrNotSent and
// ErrOperator.
func (e Exporter) Print(ctx context.Context, company, id string) (sluss.Print, sluss.Outcome, sluss.Exchange, error) {
	s := e.Calls.Session(company, "form")
	f, unread := s.Form(ctx, id)
	var content []byte
	err := s.Answered(unread)
	if err == nil {
		s = s.Another("formPdf")
		var at wire.File
		unread := s.Ask(ctx, map[string]any{"id": f.ID}, &at)
		content, err = s.File(ctx, at.DownloadLink, unread)
	}
	if err == nil && !bytes.HasPrefix(content, []byte("%PDF")) {
		err = s.NotNow("what came is no PDF")
	}
	if o, err := calls.Deferred(err); err != nil || o.Kind != sluss.Accepted {
		return sluss.Print{}, o, s.Exchange(), err
	}
	return sluss.Print{
		Registry: sluss.Trackdechets, Document: f.ID, Number: f.ReadableID, Status: f.Status, Final: slices.Contains(e.FinalStatuses(), f.Status),
		UpdatedAt: time.Time(f.UpdatedAt), FetchedAt: s.Ended, Content: content,
	}, sluss.Outcome{Kind: sluss.Accepted, Detail: fmt.Sprintf("%s came, %d bytes", f.ReadableID, len(content))}, s.Exchange(), nil
}

// registers are the registry's words for the registries of waste.
var registers = map[sluss.RegisterKind]string{
	sluss.IncomingWaste: "INCOMING", sluss.OutgoingWaste: "OUTGOING", sluss.TransportedWaste: "TRANSPORTED", sluss.ManagedWaste: "MANAGED", sluss.EndOfWasteStatus: "SSD",
}

// OrderRegister begins an export; the receipt holds its id. The same order within five
// minutes is rejected, as is an eleventh that runs. Nothing tells the order of a lost
// answer from another's, so wait five minutes after an Unknown.
func (e Exporter) OrderRegister(ctx context.Context, o sluss.RegisterOrder) (sluss.Outcome, sluss.Exchange, error) {
	s := e.Calls.Session(o.Company, "generateRegistryV2Export")
	kind, known := registers[o.Kind]
	if !known {
		return sluss.Outcome{}, s.Exchange(), fmt.Errorf("%w: Trackdéchets keeps no registry %q", sluss.ErrOperator, o.Kind)
	}
	period := wire.DateRange{From: wire.DateTime(o.From)}
	if !o.Until.IsZero() {
		period.Until = new(wire.DateTime(o.Until))
	}
	var made wire.Made
	_ = s.Ask(ctx, map[string]any{"registryType": kind, "format": strings.ToUpper(o.Format), "siret": o.Company, "dateRange": period}, &made)
	return s.Outcome(reasons.Places{}, func() (sluss.Outcome, error) {
		return s.Accepted(sluss.Receipt{ID: made.ID, Status: made.Status, At: time.Time(made.CreatedAt)})
	})
}

// ExportStatus is where an export stands: PENDING, STARTED, SUCCESSFUL, FAILED,
// CANCELED. Errors as of calls.Session.Answered.
func (e Exporter) ExportStatus(ctx context.Context, company, id string) (string, sluss.Exchange, error) {
	s := e.Calls.Session(company, "registryV2Export")
	var told wire.Made
	unread := s.Ask(ctx, map[string]any{"id": id}, &told)
	if unread == nil && told.Status == "" {
		unread = errors.New("the export has no status")
	}
	return told.Status, s.Exchange(), s.Answered(unread)
}

// Export fetches a SUCCESSFUL export: one call of the rate limit, and a download from the
// registry's store. The columns of a CSV are parted by semicolons. Errors as of
// calls.Session.Answered.
func (e Exporter) Export(ctx context.Context, company, id string) ([]byte, sluss.Exchange, error) {
	s := e.Calls.Session(company, "registryV2ExportDownloadSignedUrl")
	var at wire.SignedURL
	unread := s.Ask(ctx, map[string]any{"exportId": id}, &at)
	content, err := s.File(ctx, at.SignedURL, unread)
	if err != nil && s.Code() == reasons.Forbidden {
		err = s.NotNow("the export is not ready, or is not one of this account")
	}
	return content, s.Exchange(), err
}
