package api

import (
	"bytes"
	"context"
	"encoding/json"
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
	by, at, noted := whoImports(r.Params.By), valueOrZero(r.Params.At), valueOrZero(r.Params.NotedAt)
	if r.JSONBody == nil {
		p := r.Params
		file, o, err := table(r.Body, r.MultipartBody, service.Import{
			Options:     declarations.Options{Encoding: valueOrZero(p.Encoding), Locale: valueOrZero(p.Locale), Decimal: valueOrZero(p.Decimal), Strict: valueOrZero(p.Strict)},
			ProfileName: valueOrZero(p.Profile), DryRun: valueOrZero(p.DryRun),
		})
		if err != nil {
			return nil, err
		}
		o.NotedAt = noted
		return imported{stream: valueOrZero(p.Stream), o: o, run: func(o service.Import) (service.Report, error) { return s.sv.Import(ctx, file, o, by, at) }}, nil
	}
	declaration, readings, err := service.ReadDeclared(*r.JSONBody)
	if err != nil {
		return nil, err
	}
	if declaration.NotedAt.IsZero() {
		declaration.NotedAt = noted
	}
	declare := s.sv.Declare
	if valueOrZero(r.Params.DryRun) {
		declare = s.sv.WouldDeclare
	}
	declared, err := declare(ctx, declaration, by, at)
	declared.Readings = readings
	if err == nil && declared.Fresh && !declared.DryRun {
		return DeclareBatches201JSONResponse(declared), nil
	}
	return declareResponse(declared, err)
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

func (s *server) WriteEventTemplate(_ context.Context, r WriteEventTemplateRequestObject) (WriteEventTemplateResponseObject, error) {
	if valueOrZero(r.Params.Format) == "xlsx" {
		book, err := declarations.EventTemplateWorkbook()
		return WriteEventTemplate200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
			Body: bytes.NewReader(book), ContentLength: int64(len(book)), Headers: WriteEventTemplate200ResponseHeaders{ContentDisposition: attachment("events.xlsx")},
		}, err
	}
	text, err := declarations.EventTemplateText()
	return WriteEventTemplate200TextcsvResponse{
		Body: bytes.NewReader(text), ContentLength: int64(len(text)), Headers: WriteEventTemplate200ResponseHeaders{ContentDisposition: attachment("events.csv")},
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
