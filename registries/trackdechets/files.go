package trackdechets

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"sluss"
	"sluss/registries/once"
)

// largestFile is what is read of a PDF or an export; one that is larger is an
// error.
const largestFile = 64 << 20

// PDF fetches the document as the register prints it: two calls of the quota,
// right after each other, since a link works for ten seconds only. The exchange
// is the first call's; the link stands in none. Errors as of BSDD.
func (c *Client) PDF(ctx context.Context, company, bsdd string) ([]byte, sluss.Exchange, error) {
	var link string
	s, err := c.ask(ctx, company, "formPdf", func(ctx context.Context, s *session) error {
		told, err := formPdf(ctx, s, bsdd)
		link = told.FormPdf.DownloadLink
		return errors.Join(err, wantLink(link))
	})
	if err != nil {
		return nil, s.exchange(), err
	}
	file, err := c.download(ctx, link)
	return file, s.exchange(), err
}

func wantLink(link string) error {
	if link == "" {
		return errors.New("the answer holds no link")
	}
	return nil
}

// ExportKind is one of the registers of waste that a company keeps.
type ExportKind string

// The registers of waste.
const (
	Outgoing    ExportKind = "OUTGOING"
	Incoming    ExportKind = "INCOMING"
	Transported ExportKind = "TRANSPORTED"
	Managed     ExportKind = "MANAGED" // of traders and brokers
	EndOfWaste  ExportKind = "SSD"
)

// ExportFormat is how an export is written.
type ExportFormat string

// The formats of exports; the columns of a CSV are parted by semicolons.
const (
	CSV  ExportFormat = "CSV"
	XLSX ExportFormat = "XLSX"
)

// ExportOrder asks for an export of a company's register of waste.
type ExportOrder struct {
	Kind   ExportKind
	Format ExportFormat
	From   time.Time
	Until  time.Time // exclusive; zero: until now
}

// ExportPause is how long to wait between two looks at an export, at least.
const ExportPause = 5 * time.Second

// OrderExport begins an export; the receipt holds its id. The same order within
// five minutes is rejected, as is an eleventh that runs; nothing tells the
// order of a lost answer from another's, so wait five minutes after an Unknown.
func (c *Client) OrderExport(ctx context.Context, company string, o ExportOrder) (sluss.Outcome, sluss.Exchange, error) {
	period := dateRange{From: dateTime(o.From)}
	if !o.Until.IsZero() {
		period.Until = new(dateTime(o.Until))
	}
	return c.make(ctx, company, "generateRegistryV2Export", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := generateRegistryV2Export(ctx, s, string(o.Kind), string(o.Format), company, period)
		made := told.GenerateRegistryV2Export
		return func() (sluss.Outcome, error) { return took(s, made.Id, made.Status, time.Time(made.CreatedAt)) }
	})
}

// ExportStatus is where an export stands: PENDING, STARTED, SUCCESSFUL, FAILED,
// CANCELED. Errors as of BSDD.
func (c *Client) ExportStatus(ctx context.Context, company, id string) (string, sluss.Exchange, error) {
	var made export
	s, err := c.ask(ctx, company, "registryV2Export", func(ctx context.Context, s *session) error {
		told, err := registryV2Export(ctx, s, id)
		if made = told.RegistryV2Export; err == nil && made.Status == "" {
			err = errors.New("the export has no status")
		}
		return err
	})
	return made.Status, s.exchange(), err
}

// Export fetches a SUCCESSFUL export: one call of the quota, and a download from
// the register's store. Errors as of BSDD.
func (c *Client) Export(ctx context.Context, company, id string) ([]byte, sluss.Exchange, error) {
	var link string
	s, err := c.ask(ctx, company, "registryV2ExportDownloadSignedUrl", func(ctx context.Context, s *session) error {
		told, err := registryV2ExportDownloadSignedUrl(ctx, s, id)
		link = told.RegistryV2ExportDownloadSignedUrl.SignedUrl
		return errors.Join(err, wantLink(link))
	})
	if err != nil && readAnswer(s.reply.Body).code() == forbidden {
		err = &NotNowError{Until: s.reply.Ended.Add(ExportPause), Detail: "the export is not ready, or is not one of this account"}
	}
	if err != nil {
		return nil, s.exchange(), err
	}
	file, err := c.download(ctx, link)
	return file, s.exchange(), err
}

// download fetches what is behind a link, without any token. Its errors do not
// tell the link.
func (c *Client) download(ctx context.Context, link string) ([]byte, error) {
	base, err := url.Parse(c.url)
	if err != nil {
		return nil, fmt.Errorf("%w: base_url: %w", sluss.ErrOperator, err)
	}
	at, err := base.Parse(link)
	if err != nil || at.Scheme != "https" && at.Scheme != base.Scheme {
		return nil, fmt.Errorf("%w: the register's link to a file is none that we follow", sluss.ErrOperator)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r := once.New(once.Options{Limit: largestFile + 1}).Do(ctx, http.MethodGet, at.String(), http.Header{}, nil)
	later := r.Ended.Add(shortPause)
	switch {
	case r.Status == http.StatusTooManyRequests:
		held := throttled(reply{window: c.window, Reply: r}, "Trackdéchets wants fewer calls from this address")
		return nil, &NotNowError{Until: held.NotBefore, Throttled: true, Detail: held.Detail}
	case r.Status == http.StatusForbidden:
		return nil, &NotNowError{Until: later, Detail: "the link to the file has run out"}
	case r.Status != http.StatusOK || r.Err != nil:
		return nil, &NotNowError{Until: later, Detail: fmt.Sprintf("the file did not come whole (HTTP %d)", r.Status)}
	case len(r.Body) > largestFile:
		return nil, fmt.Errorf("%w: the file has more than %d MiB: ask for a shorter period", sluss.ErrOperator, largestFile>>20)
	}
	return r.Body, nil
}
