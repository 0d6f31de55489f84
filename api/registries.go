package api

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"

	"sluss/service"
)

func (s *server) ListReferenceData(ctx context.Context, _ ListReferenceDataRequestObject) (ListReferenceDataResponseObject, error) {
	all, err := s.sv.AllReferenceData(ctx)
	return ListReferenceData200JSONResponse(all), err
}

func (s *server) ShowReferenceData(ctx context.Context, r ShowReferenceDataRequestObject) (ShowReferenceDataResponseObject, error) {
	one, err := s.sv.ReferenceData(ctx, r.Registry)
	return ShowReferenceData200JSONResponse(one), err
}

func (s *server) CheckReferenceData(ctx context.Context, r CheckReferenceDataRequestObject) (CheckReferenceDataResponseObject, error) {
	found, err := s.sv.CheckReferenceData(ctx, r.Registry)
	found.Lists = nil
	return CheckReferenceData200JSONResponse(found), err
}

func (s *server) ExplainCode(_ context.Context, r ExplainCodeRequestObject) (ExplainCodeResponseObject, error) {
	meanings, err := service.Explain(r.Code, valueOrZero(r.Params.Report))
	return ExplainCode200JSONResponse(meanings), err
}

func (s *server) ListSyncs(ctx context.Context, _ ListSyncsRequestObject) (ListSyncsResponseObject, error) {
	syncs, err := s.sv.Syncs(ctx)
	return ListSyncs200JSONResponse(syncs), err
}

func (s *server) SyncNow(ctx context.Context, r SyncNowRequestObject) (SyncNowResponseObject, error) {
	sync, err := s.sv.SyncNow(ctx, r.Registry, r.Company)
	return SyncNow200JSONResponse(sync), err
}

func (s *server) ListQuotas(ctx context.Context, r ListQuotasRequestObject) (ListQuotasResponseObject, error) {
	quotas, err := s.sv.Quotas(ctx, service.WhatIf{Registry: valueOrZero(r.Params.Registry), More: valueOrZero(r.Params.WhatIf), Due: valueOrZero(r.Params.Due)})
	return ListQuotas200JSONResponse(quotas), err
}

func (s *server) ListUsage(ctx context.Context, r ListUsageRequestObject) (ListUsageResponseObject, error) {
	since := time.Now().Add(-24 * time.Hour)
	if r.Params.Since != nil {
		since = *r.Params.Since
	}
	usage, err := s.sv.Usage(ctx, valueOrZero(r.Params.Registry), since)
	return ListUsage200JSONResponse(usage), err
}

func (s *server) PauseQuota(ctx context.Context, r PauseQuotaRequestObject) (PauseQuotaResponseObject, error) {
	quotas, err := s.quotasAfter(ctx, s.sv.Pause(ctx, r.Registry, *r.Body))
	return PauseQuota200JSONResponse(quotas), err
}

func (s *server) ResumeQuota(ctx context.Context, r ResumeQuotaRequestObject) (ResumeQuotaResponseObject, error) {
	quotas, err := s.quotasAfter(ctx, s.sv.Resume(ctx, r.Registry, *r.Body))
	return ResumeQuota200JSONResponse(quotas), err
}

func (s *server) LowerQuota(ctx context.Context, r LowerQuotaRequestObject) (LowerQuotaResponseObject, error) {
	quotas, err := s.quotasAfter(ctx, s.sv.Lower(ctx, r.Registry, *r.Body))
	return LowerQuota200JSONResponse(quotas), err
}

// quotasAfter returns the quotas after one was changed.
func (s *server) quotasAfter(ctx context.Context, err error) ([]Quota, error) {
	if err != nil {
		return nil, err
	}
	return s.sv.Quotas(ctx, service.WhatIf{})
}

func (s *server) AskForVehicles(ctx context.Context, r AskForVehiclesRequestObject) (AskForVehiclesResponseObject, error) {
	told, err := s.sv.Vehicle(ctx, *r.Body)
	return AskForVehicles200JSONResponse(told), err
}

func (s *server) ListEcoOrganismes(ctx context.Context, r ListEcoOrganismesRequestObject) (ListEcoOrganismesResponseObject, error) {
	found, err := s.sv.EcoOrganismes(ctx, valueOrZero(r.Params.Text))
	return ListEcoOrganismes200JSONResponse(found), err
}

func (s *server) ListRevisions(ctx context.Context, _ ListRevisionsRequestObject) (ListRevisionsResponseObject, error) {
	revisions, err := s.sv.Revisions(ctx)
	return ListRevisions200JSONResponse(revisions), err
}

func (s *server) AnswerRevision(ctx context.Context, r AnswerRevisionRequestObject) (AnswerRevisionResponseObject, error) {
	answered, err := s.sv.AnswerRevision(ctx, r.Revision, *r.Body)
	return AnswerRevision200JSONResponse(answered), err
}

func (s *server) ExportWaste(ctx context.Context, r ExportWasteRequestObject) (ExportWasteResponseObject, error) {
	file, err := s.sv.Export(ctx, *r.Body)
	return ExportWaste200ApplicationoctetStreamResponse{
		Body: bytes.NewReader(file.Content), ContentLength: int64(len(file.Content)), Headers: ExportWaste200ResponseHeaders{
			ContentDisposition: attachment(file.ID + "." + file.Format), ETag: strconv.Quote(file.SHA256), LastModified: file.At.UTC().Format(http.TimeFormat),
		},
	}, err
}
