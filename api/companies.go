package api

import "context"

func (s *server) ListCompanies(ctx context.Context, r ListCompaniesRequestObject) (ListCompaniesResponseObject, error) {
	list, err := s.sv.Companies(ctx, valueOrZero(r.Params.Tenant), valueOrZero(r.Params.All))
	return ListCompanies200JSONResponse(list), err
}

func (s *server) AddCompany(ctx context.Context, r AddCompanyRequestObject) (AddCompanyResponseObject, error) {
	added, fresh, err := s.sv.AddCompany(ctx, *r.Body)
	if fresh {
		return AddCompany201JSONResponse(added), err
	}
	return AddCompany200JSONResponse(added), err
}

func (s *server) EndCompany(ctx context.Context, r EndCompanyRequestObject) (EndCompanyResponseObject, error) {
	ended, err := s.sv.EndCompany(ctx, r.Tenant, r.Country, r.Company, *r.Body)
	return EndCompany200JSONResponse(ended), err
}

func (s *server) ListMandates(ctx context.Context, r ListMandatesRequestObject) (ListMandatesResponseObject, error) {
	list, err := s.sv.Mandates(ctx, valueOrZero(r.Params.Tenant), valueOrZero(r.Params.All))
	return ListMandates200JSONResponse(list), err
}

func (s *server) AddMandate(ctx context.Context, r AddMandateRequestObject) (AddMandateResponseObject, error) {
	added, fresh, err := s.sv.AddMandate(ctx, *r.Body)
	if fresh {
		return AddMandate201JSONResponse(added), err
	}
	return AddMandate200JSONResponse(added), err
}

func (s *server) EndMandate(ctx context.Context, r EndMandateRequestObject) (EndMandateResponseObject, error) {
	ended, err := s.sv.EndMandate(ctx, r.Tenant, r.Number, *r.Body)
	return EndMandate200JSONResponse(ended), err
}

func (s *server) TellReceipt(ctx context.Context, r TellReceiptRequestObject) (TellReceiptResponseObject, error) {
	state, err := s.sv.TellReceipt(ctx, filingID(r.Tenant, r.Reference, r.Obligation), *r.Body)
	return TellReceipt200JSONResponse(state), err
}

func (s *server) AssignDuty(ctx context.Context, r AssignDutyRequestObject) (AssignDutyResponseObject, error) {
	corrected, err := s.sv.Assign(ctx, filingID(r.Tenant, r.Reference, r.Obligation), *r.Body)
	return AssignDuty200JSONResponse(corrected), err
}
