package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"sluss"
	"sluss/declarations"
	"sluss/service"
)

func (s *server) GetHealth(ctx context.Context, _ GetHealthRequestObject) (GetHealthResponseObject, error) {
	health, err := s.sv.Health(ctx)
	return GetHealth200JSONResponse(health), err
}

func (s *server) ListBatches(ctx context.Context, r ListBatchesRequestObject) (ListBatchesResponseObject, error) {
	p := r.Params
	rows, err := s.sv.Batches(ctx, service.BatchFilter{
		Tenant: valueOrZero(p.Tenant), Stage: string(valueOrZero(p.Stage)), Waiting: valueOrZero(p.Waiting), Overdue: valueOrZero(p.Overdue), Limit: valueOrZero(p.Limit), After: valueOrZero(p.After),
	})
	return ListBatches200JSONResponse(rows), err
}

func (s *server) DeclareBatches(ctx context.Context, r DeclareBatchesRequestObject) (DeclareBatchesResponseObject, error) {
	by, at, noted := sluss.Person{Name: "API"}, valueOrZero(r.Params.At), valueOrZero(r.Params.NotedAt)
	if r.Params.By != nil {
		by.Name = *r.Params.By
	}
	if r.JSONBody == nil {
		file, o, err := table(r)
		if err != nil {
			return nil, err
		}
		o.NotedAt = noted
		report, err := s.sv.Import(ctx, file, o, by, at)
		return declareResponse(report, err)
	}
	declaration, err := service.ReadDeclaration(*r.JSONBody)
	if err != nil {
		return nil, err
	}
	if declaration.NotedAt.IsZero() {
		declaration.NotedAt = noted
	}
	declared, err := s.sv.Declare(ctx, declaration, by, at)
	if err == nil && declared.Fresh {
		return DeclareBatches201JSONResponse(declared), nil
	}
	return declareResponse(declared, err)
}

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// withWorkbook gives the handler the body of a request that is a workbook.
func withWorkbook(next StrictHandlerFunc, _ string) StrictHandlerFunc {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		if declare, ok := request.(DeclareBatchesRequestObject); ok && contentType(r) == workbookType {
			declare.Body = r.Body
			request = declare
		}
		return next(ctx, w, r, request)
	}
}

// table is the file of a request, and how it is to be read.
func table(r DeclareBatchesRequestObject) (file io.Reader, o service.Import, err error) {
	p := r.Params
	o = service.Import{
		Options:     declarations.Options{Encoding: valueOrZero(p.Encoding), Locale: valueOrZero(p.Locale), Decimal: valueOrZero(p.Decimal), Strict: valueOrZero(p.Strict)},
		ProfileName: valueOrZero(p.Profile), DryRun: valueOrZero(p.DryRun),
	}
	if r.MultipartBody == nil {
		return r.Body, o, nil
	}
	wrong := func(problem string) (io.Reader, service.Import, error) {
		return nil, o, sluss.Faults{{Problem: problem, Remedy: "send a profile as application/yaml or application/json, and behind it the table"}}
	}
	if o.ProfileName != "" {
		return wrong("there is a profile with the file, and one is named")
	}
	first, err := r.MultipartBody.NextPart()
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
	second, err := r.MultipartBody.NextPart()
	if err != nil {
		return wrong("no table follows the profile")
	}
	return second, o, nil
}

func (s *server) WriteTemplate(_ context.Context, r WriteTemplateRequestObject) (WriteTemplateResponseObject, error) {
	name := "batches-" + r.Country
	if valueOrZero(r.Params.Format) == "xlsx" {
		book, err := declarations.TemplateWorkbook(r.Country)
		return WriteTemplate200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
			Body: bytes.NewReader(book), ContentLength: int64(len(book)), Headers: WriteTemplate200ResponseHeaders{ContentDisposition: attachment(name + ".xlsx")},
		}, err
	}
	text, err := declarations.TemplateText(r.Country)
	return WriteTemplate200TextcsvResponse{
		Body: bytes.NewReader(text), ContentLength: int64(len(text)), Headers: WriteTemplate200ResponseHeaders{ContentDisposition: attachment(name + ".csv")},
	}, err
}

// declareResponse answers what is one of two things.
func declareResponse(value any, err error) (DeclareBatchesResponseObject, error) {
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(value)
	return DeclareBatches200JSONResponse(data), err
}

func (s *server) ShowBatch(ctx context.Context, r ShowBatchRequestObject) (ShowBatchResponseObject, error) {
	shown, err := s.sv.Show(ctx, sluss.NewBatchID(r.Tenant, r.Reference))
	return ShowBatch200JSONResponse(shown), err
}

func (s *server) ReportEvent(ctx context.Context, r ReportEventRequestObject) (ReportEventResponseObject, error) {
	reply, err := s.sv.Event(ctx, sluss.NewBatchID(r.Tenant, r.Reference), *r.Body)
	return ReportEvent200JSONResponse(reply), err
}

func (s *server) CorrectBatch(ctx context.Context, r CorrectBatchRequestObject) (CorrectBatchResponseObject, error) {
	corrected, err := s.sv.Correct(ctx, sluss.NewBatchID(r.Tenant, r.Reference), *r.Body)
	return CorrectBatch200JSONResponse(corrected), err
}

func (s *server) CancelBatch(ctx context.Context, r CancelBatchRequestObject) (CancelBatchResponseObject, error) {
	cancelled, err := s.sv.Cancel(ctx, sluss.NewBatchID(r.Tenant, r.Reference), *r.Body)
	return CancelBatch200JSONResponse(cancelled), err
}

func (s *server) AmendBatch(ctx context.Context, r AmendBatchRequestObject) (AmendBatchResponseObject, error) {
	amended, err := s.sv.AmendAll(ctx, sluss.NewBatchID(r.Tenant, r.Reference), *r.Body)
	return AmendBatch200JSONResponse(amended), err
}

func (s *server) PrintBatch(ctx context.Context, r PrintBatchRequestObject) (PrintBatchResponseObject, error) {
	p, err := s.sv.Print(ctx, sluss.NewBatchID(r.Tenant, r.Reference))
	return PrintBatch200ApplicationpdfResponse{
		Body: bytes.NewReader(p.Content), ContentLength: int64(len(p.Content)), Headers: PrintBatch200ResponseHeaders{
			ContentDisposition: attachment(p.Number + ".pdf"), ETag: strconv.Quote(p.SHA256),
			LastModified: p.FetchedAt.UTC().Format(http.TimeFormat), SlussDocumentStatus: p.Status,
		},
	}, err
}

func attachment(file string) string { return "attachment; filename=" + strconv.Quote(file) }

// valueOrZero is a parameter, or zero if it was left out.
func valueOrZero[T any](parameter *T) (value T) {
	if parameter != nil {
		value = *parameter
	}
	return value
}
