package trackdechets

import "slices"

// Guards of the machines of documents; they see the document with everything that was written on it.

func isNot(guard func(*Record) bool) func(*Record) bool {
	return func(r *Record) bool { return !guard(r) }
}

func both(one, other func(*Record) bool) func(*Record) bool {
	return func(r *Record) bool { return one(r) && other(r) }
}

func isCollection2710(r *Record) bool { return text(r.Data, "type") == "COLLECTION_2710" }

// hasNoWorker: no work is signed for documents that group or forward, or whose worker is disabled.
func hasNoWorker(r *Record) bool {
	return slices.Contains([]string{"GATHERING", "RESHIPMENT"}, text(r.Data, "type")) || truth(r.Data, "worker.isDisabled") ||
		text(r.Data, "worker.company.siret") == ""
}

func skipsBsdaEmission(r *Record) bool {
	return !hasNoWorker(r) && (truth(r.Data, "emitter.isPrivateIndividual") || truth(r.Data, "worker.work.hasEmitterPaperSignature"))
}

func isPrivateWithoutWorker(r *Record) bool {
	return truth(r.Data, "emitter.isPrivateIndividual") && hasNoWorker(r)
}

func isSynthesis(r *Record) bool { return text(r.Data, "type") == "SYNTHESIS" }

// skipsDasriEmission: a synthesis starts at its transporter; an emitter may allow it in its profile.
func skipsDasriEmission(r *Record) bool {
	return isSynthesis(r) || truth(r.Data, "allowDirectTakeOver")
}

func isIrregular(r *Record) bool {
	return truth(r.Data, "emitter.irregularSituation") && !truth(r.Data, "emitter.isRegistered")
}

// acceptationOf is what the destination said, wherever the kind of document keeps it.
func acceptationOf(r *Record) string {
	if status := text(r.Data, "destination.reception.acceptation.status"); status != "" {
		return status
	}
	return text(r.Data, "destination.reception.acceptationStatus")
}

func isRefusedDocument(r *Record) bool { return acceptationOf(r) == "REFUSED" }
func isPartlyRefused(r *Record) bool   { return acceptationOf(r) == "PARTIALLY_REFUSED" }

func isRefusedByTransporter(r *Record) bool {
	return text(r.Data, "transporter.transport.acceptation.status") == "REFUSED"
}

// goesOn: after this operation the waste goes on in another document.
func goesOn(r *Record) bool { return isIntermediate(text(r.Data, "destination.operation.code")) }

func isIntermediate(code string) bool {
	return slices.Contains([]string{"R 12", "R 13", "D 13", "D 14", "D 15"}, spaced(code))
}
