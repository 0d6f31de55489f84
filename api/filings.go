package api

import (
	"context"
	"errors"
	"time"

	"sluss"
	"sluss/service"
)

func (s *server) ListInbox(ctx context.Context, r ListInboxRequestObject) (ListInboxResponseObject, error) {
	p := r.Params
	list, err := s.sv.Inbox(ctx, service.InboxFilter{
		Tenant: valueOrZero(p.Tenant), Waiting: valueOrZero(p.Role), Registry: valueOrZero(p.Registry), Overdue: valueOrZero(p.Overdue), Limit: valueOrZero(p.Limit), Skip: valueOrZero(p.Skip),
	})
	return ListInbox200JSONResponse(list), err
}

func filingID(tenant, reference, obligation string) sluss.FilingID {
	return sluss.NewBatchID(tenant, reference).Filing(sluss.ObligationID(obligation))
}

func (s *server) ShowFiling(ctx context.Context, r ShowFilingRequestObject) (ShowFilingResponseObject, error) {
	filing, err := s.sv.Filing(ctx, filingID(r.Tenant, r.Reference, r.Obligation))
	return ShowFiling200JSONResponse(filing), err
}

func (s *server) ListAttempts(ctx context.Context, r ListAttemptsRequestObject) (ListAttemptsResponseObject, error) {
	attempts, err := s.sv.Attempts(ctx, filingID(r.Tenant, r.Reference, r.Obligation))
	return ListAttempts200JSONResponse(attempts), err
}

func (s *server) SignFiling(ctx context.Context, r SignFilingRequestObject) (SignFilingResponseObject, error) {
	state, err := s.sv.Sign(ctx, filingID(r.Tenant, r.Reference, r.Obligation), *r.Body)
	return SignFiling200JSONResponse(state), err
}

// codePatience is how long a signature by security code may take. The call is
// finished even if the client has disconnected.
const codePatience = time.Minute

func (s *server) SignFilingByCode(ctx context.Context, r SignFilingByCodeRequestObject) (SignFilingByCodeResponseObject, error) {
	code, err := service.ReadCode(r.Body.Code)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), codePatience)
	defer cancel()
	outcome, err := s.sv.SignByCode(ctx, service.CodeSignature{
		Filing: filingID(r.Tenant, r.Reference, r.Obligation), Role: valueOrZero(r.Body.Role), Hash: r.Body.ContentHash, By: r.Body.By, At: r.Body.At, Code: code,
	})
	if errors.Is(err, service.ErrNoAnswer) {
		err = unsureError{err}
	}
	return SignFilingByCode200JSONResponse(outcome), err
}

// unsureError is no answer to what must not be sent again without looking.
type unsureError struct{ error }

func (u unsureError) Unwrap() error { return u.error }

func (s *server) DecideFiling(ctx context.Context, r DecideFilingRequestObject) (DecideFilingResponseObject, error) {
	state, err := s.sv.Decide(ctx, filingID(r.Tenant, r.Reference, r.Obligation), *r.Body)
	return DecideFiling200JSONResponse(state), err
}

func (s *server) HoldFiling(ctx context.Context, r HoldFilingRequestObject) (HoldFilingResponseObject, error) {
	state, err := s.sv.Hold(ctx, filingID(r.Tenant, r.Reference, r.Obligation), *r.Body)
	return HoldFiling200JSONResponse(state), err
}

func (s *server) ReleaseFiling(ctx context.Context, r ReleaseFilingRequestObject) (ReleaseFilingResponseObject, error) {
	state, err := s.sv.Release(ctx, filingID(r.Tenant, r.Reference, r.Obligation), *r.Body)
	return ReleaseFiling200JSONResponse(state), err
}

func (s *server) AmendFiling(ctx context.Context, r AmendFilingRequestObject) (AmendFilingResponseObject, error) {
	amended, err := s.sv.Amend(ctx, filingID(r.Tenant, r.Reference, r.Obligation), *r.Body)
	if amended.Fresh {
		return AmendFiling201JSONResponse(amended), err
	}
	return AmendFiling200JSONResponse(amended), err
}

func (s *server) ReadExtract(ctx context.Context, r ReadExtractRequestObject) (ReadExtractResponseObject, error) {
	read, err := s.sv.Extract(ctx, r.Body, service.Extract{By: sluss.Person{Name: valueOrZero(r.Params.By)}, Made: valueOrZero(r.Params.Made), DryRun: valueOrZero(r.Params.DryRun)})
	return ReadExtract200JSONResponse(read), err
}

func (s *server) ListResults(ctx context.Context, r ListResultsRequestObject) (ListResultsResponseObject, error) {
	var q sluss.Quarter
	if r.Params.Quarter != nil {
		var err error
		if q, err = sluss.ParseQuarter(*r.Params.Quarter); err != nil {
			return nil, err
		}
	}
	results, err := s.sv.Results(ctx, valueOrZero(r.Params.Tenant), q)
	return ListResults200JSONResponse(results), err
}

func (s *server) CompileResults(ctx context.Context, r CompileResultsRequestObject) (CompileResultsResponseObject, error) {
	q, err := sluss.ParseQuarter(r.Body.Quarter)
	if err != nil {
		return nil, err
	}
	results, err := s.sv.CompileResults(ctx, r.Body.Tenant, q)
	return CompileResults200JSONResponse(results), err
}

func (s *server) CorrectResult(ctx context.Context, r CorrectResultRequestObject) (CorrectResultResponseObject, error) {
	state, err := s.sv.CorrectResult(ctx, filingID(r.Tenant, r.Reference, r.Obligation), *r.Body)
	return CorrectResult200JSONResponse(state), err
}
