package api

import (
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"

	"sluss"
	"sluss/declarations"
	"sluss/service"
)

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// withWorkbook gives the handler the body of a request that is a workbook.
func withWorkbook(next StrictHandlerFunc, _ string) StrictHandlerFunc {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		if contentType(r) == workbookType {
			switch sent := request.(type) {
			case DeclareBatchesRequestObject:
				sent.Body = r.Body
				return next(ctx, w, r, sent)
			case ReportEventsRequestObject:
				sent.Body = r.Body
				return next(ctx, w, r, sent)
			}
		}
		return next(ctx, w, r, request)
	}
}

func whoImports(by *string) sluss.Person {
	if by == nil {
		return sluss.Person{Name: "API"}
	}
	return sluss.Person{Name: *by}
}

func (s *server) ReportEvents(ctx context.Context, r ReportEventsRequestObject) (ReportEventsResponseObject, error) {
	p := r.Params
	file, o, err := table(r.Body, r.MultipartBody, service.Import{
		Options:     declarations.Options{Encoding: valueOrZero(p.Encoding), Locale: valueOrZero(p.Locale), Decimal: valueOrZero(p.Decimal), Strict: valueOrZero(p.Strict)},
		ProfileName: valueOrZero(p.Profile), DryRun: valueOrZero(p.DryRun),
	})
	if err != nil {
		return nil, err
	}
	by := whoImports(p.By)
	return imported{stream: valueOrZero(p.Stream), o: o, run: func(o service.Import) (service.Report, error) { return s.sv.ImportEvents(ctx, file, o, by) }}, nil
}

// table is the file of a request; the options get the profile that comes with it.
func table(body io.Reader, parts *multipart.Reader, o service.Import) (io.Reader, service.Import, error) {
	if parts == nil {
		return body, o, nil
	}
	wrong := func(problem string) (io.Reader, service.Import, error) {
		return nil, o, sluss.Faults{{Problem: problem, Remedy: "send a profile as application/yaml or application/json, and behind it the table"}}
	}
	if o.ProfileName != "" {
		return wrong("there is a profile with the file, and one is named")
	}
	first, err := parts.NextPart()
	if err != nil {
		return wrong("the body has no parts")
	}
	text, err := io.ReadAll(first)
	if err != nil {
		return wrong("the body breaks off in the profile")
	}
	profile, err := declarations.ParseProfile(text)
	if err != nil {
		return nil, o, err
	}
	o.Profile = &profile
	second, err := parts.NextPart()
	if err != nil {
		return wrong("no table follows the profile")
	}
	return second, o, nil
}

// imported answers an import, which it runs: with its report, or row by row.
type imported struct {
	stream bool
	o      service.Import
	run    func(service.Import) (service.Report, error)
}

// VisitDeclareBatchesResponse writes the answer for batches.
func (i imported) VisitDeclareBatchesResponse(w http.ResponseWriter) error { return i.write(w) }

// VisitReportEventsResponse writes the answer for events.
func (i imported) VisitReportEventsResponse(w http.ResponseWriter) error { return i.write(w) }

// write runs the import. The error is for an answer that has not begun.
func (i imported) write(w http.ResponseWriter) error {
	if !i.stream {
		report, err := i.run(i.o)
		switch {
		case err != nil && report.Rows != nil:
			return brokenOffError{err, report}
		case err != nil:
			return err
		}
		answer(w, http.StatusOK, report)
		return nil
	}
	encoder, flusher := json.NewEncoder(w), http.NewResponseController(w)
	encoder.SetEscapeHTML(false)
	line := func(l service.ImportLine) {
		_ = encoder.Encode(l) // the caller has closed the connection: the context of the import ends
		_ = flusher.Flush()
	}
	withoutRows := func(r service.Report) *service.Report {
		r.Rows = []service.Imported{}
		return &r
	}
	begun := false
	i.o.Begun = func(r service.Report) {
		begun = true
		w.Header().Set("Content-Type", streamType)
		w.WriteHeader(http.StatusOK)
		line(service.ImportLine{Report: &r})
	}
	i.o.Done = func(row service.Imported) { line(service.ImportLine{Row: &row}) }
	report, err := i.run(i.o)
	switch {
	case !begun:
		return err
	case err != nil:
		line(service.ImportLine{Error: err.Error()})
	default:
		line(service.ImportLine{Report: withoutRows(report)})
	}
	return nil
}

// brokenOffError is the error of an import that the service could not finish.
type brokenOffError struct {
	error

	report service.Report
}

func (b brokenOffError) Unwrap() error { return b.error }
