package service

import (
	"fmt"
	"slices"

	"sluss"
	"sluss/ledger"
)

// lookAtBSDD finds what prevents a BSDD from being revised or annulled, by what the
// ledger knows. Others may have changed it since, which its registry then answers.
func (m *amendment) lookAtBSDD(request Amending, origin sluss.Origin) {
	if m.note.Registry != sluss.Trackdechets || len(m.obstacles) > 0 {
		return
	}
	against := func(problem, remedy string) {
		m.obstacles = append(m.obstacles, sluss.Fault{Field: "filing", Problem: problem, Remedy: remedy})
	}
	took := func(note sluss.ReportKind) bool {
		return slices.ContainsFunc(m.filings, func(f ledger.Filing) bool {
			_, n := f.Obligation.ID.SplitAmendment()
			return f.Obligation.Report == note && n == 0 && f.Stage == sluss.StageAccepted
		})
	}
	// A private individual or a ship does not sign: the registry does, when it is sealed.
	signed := took(sluss.ReportEmission) || (origin == sluss.Household || origin == sluss.ForeignShip) && took(sluss.ReportSealing)
	base, _ := m.note.Obligation.ID.SplitAmendment()
	for _, f := range m.filings {
		if of, n := f.Obligation.ID.SplitAmendment(); n > 0 && of != base && f.Open && f.Registry == m.note.Registry {
			against(fmt.Sprintf("a BSDD can have only one revision at a time, and %s is %s", f.Obligation.ID, f.Stage), "wait until it is settled, or decide it withdrawn while it is not signed")
		}
	}
	if i := slices.IndexFunc(m.notes, func(n ledger.FiledReport) bool { return n.Registry == m.note.Registry && n.Annulled != "" }); i >= 0 {
		against("the BSDD is annulled and cannot be changed", "declare the batch anew under another reference if the waste is still to be moved")
	}
	switch {
	case request.Annul == "" && !signed:
		against("nobody has signed the BSDD yet, so there is nothing to revise", "correct the batch with `starter correct`: the correction goes onto the BSDD with the next step")
	case request.Annul != "" && took(sluss.ReportArrival):
		against("the waste has arrived: its BSDD can no longer be cancelled", "revise the BSDD, or have the receiver refuse the waste")
	}
}
