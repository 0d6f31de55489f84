package obligations

import (
	"time"

	"sluss"
)

// Ids of the French rules: the steps of the BSDD. An obligation has the id of its
// rule; where a batch may have several, "#" and the number of the leg or of the
// producer on a collection round follow.
const (
	preflight      = "fr.preflight"
	creation       = "fr.creation"
	sealing        = "fr.sealing"
	emission       = "fr.emission"
	takeOver       = "fr.take-over"
	storage        = "fr.storing"
	storingVerdict = "fr.storing-verdict"
	resealing      = "fr.resealing"
	arrival        = "fr.arrival"
	acceptance     = "fr.acceptance"
	processing     = "fr.processing"
	pickup         = "fr.pickup"
	gathering      = "fr.gathering"
	paper          = "fr.paper"
)

// frenchRules are the steps of the BSDD, by the law and the decree on the
// registry. None has a clock: a step before a departure must be done by then.
func frenchRules() []rule {
	const (
		statute, article = "Code de l'environnement", "art. R541-45 (BSDD, Trackdéchets)"
		policy           = "Policy of this product, no statute: the companies on a BSDD are looked up in Trackdéchets before the waste leaves; cf. Code de l'environnement, art. R541-45"
	)
	// Trackdéchets is compulsory for hazardous waste from 2022.
	compulsory := time.Date(2022, time.January, 1, 0, 0, 0, 0, paris)
	var table []rule
	for _, r := range []struct {
		id, statute, paragraph string
		report                 sluss.ReportKind
		role                   sluss.Role // empty: who hands the waste over, or may not sign; see batch.france
		signer                 signer
		title                  string
	}{
		{preflight, policy, "policy", sluss.ReportPreflight, "", nobody, "The companies on the BSDD are looked up in Trackdéchets before the waste leaves"},
		{creation, statute, article, sluss.ReportCreation, "", byApproval, "The BSDD is created before the waste leaves"},
		{sealing, statute, article, sluss.ReportSealing, "", byApproval, "The BSDD is sealed before the waste leaves"},
		{emission, statute, article, sluss.ReportEmission, "", byTheParty, "The party that hands the waste over signs the BSDD before the waste leaves"},
		{takeOver, statute, article, sluss.ReportTakeOver, sluss.Transporter, byTheParty, "The transporter signs the BSDD before the waste leaves"},
		{storage, statute, article, sluss.ReportStoring, sluss.Collector, byTheParty, "Who stores the waste on the way signs its arrival there on the BSDD"},
		{storingVerdict, statute, article, sluss.ReportStoringVerdict, sluss.Collector, byTheParty, "Who stores the waste on the way signs on the BSDD whether it accepts it"},
		{resealing, statute, article, sluss.ReportResealing, sluss.Collector, byApproval, "The BSDD is sealed anew before the waste leaves the storage on the way"},
		{arrival, statute, article, sluss.ReportArrival, sluss.Receiver, byTheParty, "The receiver signs the arrival of the waste on the BSDD"},
		{acceptance, statute, article, sluss.ReportAcceptance, sluss.Receiver, byTheParty, "The receiver signs on the BSDD whether it accepts the waste"},
		{pickup, statute, article, sluss.ReportPickup, "", byApproval, "Each producer's part of a collection round is created before the round starts"},
		{gathering, statute, article, sluss.ReportGathering, "", byApproval, "The producers' parts are put on the collection round before it starts"},
		{paper, statute, article, sluss.ReportPaper, sluss.Receiver, byTheParty, "The receiver tells Trackdéchets of a BSDD that was signed on paper"},
		{processing, statute, article, sluss.ReportProcessing, sluss.Receiver, byTheParty, "The receiver signs the treatment of the waste on the BSDD"},
		{sluss.RuleRevision, statute, article, "", "", nobody, "The BSDD is revised, once its other parties approve"},
		{sluss.RuleCancellation, statute, article, "", "", nobody, "The BSDD is deleted, or cancelled once its other parties approve"},
	} {
		table = append(table, rule{
			Rule:     sluss.Rule{ID: r.id, Statute: r.statute, Paragraph: r.paragraph, Title: r.title, Country: "FR", From: compulsory},
			registry: sluss.Trackdechets, report: r.report, role: r.role, signer: r.signer,
		})
	}
	return table
}
